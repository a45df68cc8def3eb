"""Cells as people write them. Expected values: what a careful reader of the language would say."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from partnergraph.graph.periods import span
from partnergraph.graph.schema import SCHEMA
from partnergraph.loaders.tables import dates, readers


@pytest.mark.parametrize(
    ("column", "expected"),
    [
        (["2016", "2018-10", "2018-10-05"], ["2016", "2018-10", "2018-10-05"]),
        (["5/6/2014", "17/8/2015"], ["2014-06-05", "2015-08-17"]),
        (["5/6/2014", "8/17/2015"], ["2014-05-06", "2015-08-17"]),
        (["01.02.2019", "31.12.9999"], ["2019-02-01", ".."]),
        (["2014-06-05T00:00:00+00:00", "17/08/2015 00:00"], ["2014-06-05", "2015-08-17"]),
        (
            ["5 mai 2019", "3 maart 2020", "1er août 2021"],
            ["2019-05-05", "2020-03-03", "2021-08-01"],
        ),
        (["March 5, 2016", "mars 2018", "03/2018"], ["2016-03-05", "2018-03", "2018-03"]),
        (["2016?", "201X", ".."], ["2016?", "201X", ".."]),
        (["30/2/2019", "soon", "43374"], [None, None, None]),
        (["2899-01-01", "2019"], [None, "2019"]),
    ],
)
def test_dates(column: list[str], expected: list[str | None]) -> None:
    assert dates.read_dates(column).values == expected


def test_the_order_of_day_and_month_is_decided_by_the_column_and_said() -> None:
    assert "day/month" in dates.read_dates(["1/2/2019", "17/2/2019"]).said[0]
    assert "month/day" in dates.read_dates(["1/2/2019", "2/17/2019"]).said[0]
    assert "no date shows" in dates.read_dates(["1/2/2019"]).said[0]
    assert dates.read_dates(["1/2/2019"], order="mdy").values == ["2019-01-02"]


def test_in_a_mixed_column_what_is_ambiguous_is_read_and_listed() -> None:
    read = dates.read_dates(["25/12/2019", "12/25/2019", "3/4/2019", "5/5/2019"])
    assert read.values == ["2019-12-25", "2019-12-25", "2019-04-03", "2019-05-05"]
    assert list(read.causes) == [2]  # the fifth of May is the fifth of May either way


@pytest.mark.parametrize(
    ("column", "expected"),
    [
        (["12", "3.5"], [12.0, 3.5]),
        (["1.234,50", "7"], [1234.5, 7.0]),
        (["1,234.50", "7"], [1234.5, 7.0]),
        (["3,5", "1.000"], [3.5, 1000.0]),
        (["1 234,5 €", "€ 2"], [1234.5, 2.0]),
        (["1,234", "2,000"], [1234.0, 2000.0]),
        (["12%", "-4"], [0.12, -4.0]),
        (["many", "1e400", "inf", "nan", "1_000x"], [None] * 5),
    ],
)
def test_numbers(column: list[str], expected: list[float | None]) -> None:
    assert readers.read_numbers(column).values == expected


@pytest.mark.parametrize(
    ("spelling", "code"),
    [
        ("Osterreich", "AT"),
        ("AT", "AT"),
        ("Austria", "AT"),
        ("Oostenrijk", "AT"),
        ("Autriche", "AT"),
        ("ÖSTERREICH", "AT"),
        ("aut", "AT"),
        ("EL", "GR"),
        ("UK", "GB"),
        ("England", "GB"),
        ("Côte d’Ivoire", "CI"),
        ("The Netherlands", "NL"),
        ("U.S.A.", "US"),
        ("Koninkrijk België", "BE"),
        ("Atlantis", None),
        ("", None),
    ],
)
def test_countries(spelling: str, code: str | None) -> None:
    assert readers.country(spelling) == code


def test_every_country_is_known_by_its_codes_and_names() -> None:
    assert len(set(readers.countries().values())) == 250
    assert all(readers.countries()[code.lower()] == code for code in readers.countries().values())


# ISO 3166-1, the alpha-2 and alpha-3 code of each country in one word.
ISO_3166 = """
AWABW AFAFG AOAGO AIAIA AXALA ALALB ADAND AEARE ARARG AMARM ASASM AQATA TFATF AGATG AUAUS
ATAUT AZAZE BIBDI BEBEL BJBEN BQBES BFBFA BDBGD BGBGR BHBHR BSBHS BABIH BLBLM BYBLR BZBLZ
BMBMU BOBOL BRBRA BBBRB BNBRN BTBTN BVBVT BWBWA CFCAF CACAN CCCCK CHCHE CLCHL CNCHN CICIV
CMCMR CDCOD CGCOG CKCOK COCOL KMCOM CVCPV CRCRI CUCUB CWCUW CXCXR KYCYM CYCYP CZCZE DEDEU
DJDJI DMDMA DKDNK DODOM DZDZA ECECU EGEGY ERERI EHESH ESESP EEEST ETETH FIFIN FJFJI FKFLK
FRFRA FOFRO FMFSM GAGAB GBGBR GEGEO GGGGY GHGHA GIGIB GNGIN GPGLP GMGMB GWGNB GQGNQ GRGRC
GDGRD GLGRL GTGTM GFGUF GUGUM GYGUY HKHKG HMHMD HNHND HRHRV HTHTI HUHUN IDIDN IMIMN ININD
IOIOT IEIRL IRIRN IQIRQ ISISL ILISR ITITA JMJAM JEJEY JOJOR JPJPN KZKAZ KEKEN KGKGZ KHKHM
KIKIR KNKNA KRKOR KWKWT LALAO LBLBN LRLBR LYLBY LCLCA LILIE LKLKA LSLSO LTLTU LULUX LVLVA
MOMAC MFMAF MAMAR MCMCO MDMDA MGMDG MVMDV MXMEX MHMHL MKMKD MLMLI MTMLT MMMMR MEMNE MNMNG
MPMNP MZMOZ MRMRT MSMSR MQMTQ MUMUS MWMWI MYMYS YTMYT NANAM NCNCL NENER NFNFK NGNGA NINIC
NUNIU NLNLD NONOR NPNPL NRNRU NZNZL OMOMN PKPAK PAPAN PNPCN PEPER PHPHL PWPLW PGPNG PLPOL
PRPRI KPPRK PTPRT PYPRY PSPSE PFPYF QAQAT REREU ROROU RURUS RWRWA SASAU SDSDN SNSEN SGSGP
GSSGS SHSHN SJSJM SBSLB SLSLE SVSLV SMSMR SOSOM PMSPM RSSRB SSSSD STSTP SRSUR SKSVK SISVN
SESWE SZSWZ SXSXM SCSYC SYSYR TCTCA TDTCD TGTGO THTHA TJTJK TKTKL TMTKM TLTLS TOTON TTTTO
TNTUN TRTUR TVTUV TWTWN TZTZA UGUGA UAUKR UMUMI UYURY USUSA UZUZB VAVAT VCVCT VEVEN VGVGB
VIVIR VNVNM VUVUT WFWLF WSWSM YEYEM ZAZAF ZMZMB ZWZWE
"""


def test_every_alpha_3_code_is_known() -> None:
    pairs = [(word[:2], word[2:]) for word in ISO_3166.split()]
    assert len(pairs) == 249
    assert [alpha_2 for alpha_2, alpha_3 in pairs if readers.country(alpha_3) != alpha_2] == []


@pytest.mark.parametrize(
    ("spelling", "code"),
    [
        ("BELGIQUE-BELGIË", "BE"),
        ("België / Belgique / Belgien", "BE"),
        ("Suomi/Finland", "FI"),
        ("Éire - Ireland", "IE"),
        ("Schweiz/Suisse/Svizzera", "CH"),
        ("Ελλάδα (Elláda)", "GR"),
        ("Germany (DE)", "DE"),
        ("Guinea-Bissau", "GW"),
        ("Paesi Bassi", "NL"),
        ("Alemania", "DE"),
        ("France-Germany", None),
        ("Paris/France", None),
    ],
)
def test_official_names_in_several_languages(spelling: str, code: str | None) -> None:
    assert readers.country(spelling) == code


def test_a_country_that_is_nearly_one_is_named_in_the_remedy() -> None:
    read = readers.read_countries(["Belgiumm"])
    assert read.values == [None]
    assert "BE" in read.remedies[0]


def test_truths_lists_urls_currencies_and_legal_forms() -> None:
    assert readers.read_truths(["ja", "Non", "1", "x", "maybe"]).values == [
        True,
        False,
        True,
        True,
        None,
    ]
    role = SCHEMA.tables["ties"].columns["role"]
    assert readers.read_listed(["chef de file", "Partner", "boss"], role).values == [
        "lead",
        "partner",
        None,
    ]
    assert readers.read_urls(["www.x.be", "HTTP://y.org/a", "a@b.c", "none here"]).values == [
        "https://www.x.be",
        "http://y.org/a",
        None,
        None,
    ]
    assert readers.read_currencies(["€", "eur", "Euro", "money"]).values == [
        "EUR",
        "EUR",
        "EUR",
        None,
    ]
    assert readers.read_forms(["A.S.B.L.", "Quelque chose"]).values == ["asbl", "Quelque chose"]


@given(st.lists(st.text(max_size=20), max_size=8))
def test_any_text_means_something_or_has_a_cause_and_a_remedy(column: list[str]) -> None:
    role = SCHEMA.tables["ties"].columns["role"]
    for read in (
        dates.read_dates(column),
        readers.read_numbers(column),
        readers.read_truths(column),
        readers.read_countries(column),
        readers.read_urls(column),
        readers.read_currencies(column),
        readers.read_languages(column),
        readers.read_listed(column, role),
        readers.read_forms(column),
    ):
        assert len(read.values) == len(column)
        for position, value in enumerate(read.values):
            assert value is not None or (read.causes[position] and read.remedies[position])


@given(
    st.dates(
        min_value=__import__("datetime").date(1800, 1, 1),
        max_value=__import__("datetime").date(2199, 12, 31),
    ),
    st.sampled_from(["%Y-%m-%d", "%d/%m/%Y", "%d.%m.%Y", "%d-%m-%Y", "%Y/%m/%d"]),
)
def test_every_day_is_read_in_every_way_it_is_written(day: object, form: str) -> None:
    written = day.strftime(form)  # type: ignore[attr-defined]
    assert dates.read_dates([written], order="dmy").values == [str(day)]
    assert span(str(day))[0] == day.toordinal()  # type: ignore[attr-defined]


@given(st.floats(min_value=-1e9, max_value=1e9, allow_nan=False))
def test_numbers_are_read_in_both_conventions(number: float) -> None:
    text = f"{number:,.2f}"
    swapped = text.translate(str.maketrans(",.", ".,"))
    for written in (text, swapped, swapped.replace(".", " ")):
        assert readers.read_numbers([written]).values == [pytest.approx(round(number, 2))]
