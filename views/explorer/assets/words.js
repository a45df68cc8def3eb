// The page's own words, in three languages. What comes from the data is never translated.

/**
 * @typedef {object} Book
 * @property {string[]} languages  order of the texts in every list below
 * @property {Record<string, string[]>} ui
 * @property {Record<string, Record<string, string[]>>} labels  list → value → texts
 */

export class Words {
  /**
   * @param {Book} book
   * @param {string} language
   */
  constructor(book, language) {
    this.book = book;
    this.language = "en";
    this.index = 0;
    this.plurals = new Intl.PluralRules("en");
    this.collator = new Intl.Collator("en");
    /** @type {Intl.DisplayNames | null} */
    this.regions = null;
    this.whole = this.part = this.fine = new Intl.NumberFormat("en");
    this.use(language);
  }

  /** @param {string} language */
  use(language) {
    this.language = this.book.languages.includes(language) ? language : "en";
    this.index = this.book.languages.indexOf(this.language);
    this.plurals = new Intl.PluralRules(this.language);
    this.collator = new Intl.Collator(this.language, { sensitivity: "base", numeric: true });
    this.regions = null;
    const format = (/** @type {Intl.NumberFormatOptions} */ options) => new Intl.NumberFormat(this.language, options);
    [this.whole, this.part, this.fine] = [format({}), format({ maximumSignificantDigits: 4 }), format({ maximumSignificantDigits: 3 })];
  }

  /**
   * A text of ui.yaml with its {places} filled in.
   * @param {string} key
   * @param {Record<string, string | number>} [values]
   * @returns {string}
   */
  say(key, values = {}) {
    const texts = this.book.ui[key];
    if (!texts) throw new Error(`ui.yaml has no ${key}`);
    return texts[this.index].replace(/\{(\w+)\}/g, (/** @type {string} */ _, /** @type {string} */ name) => {
      const value = values[name];
      return typeof value === "number" ? this.number(value) : String(value ?? "");
    });
  }

  /**
   * A counted text: the `.one` or `.other` form of a key, with {n} and other values filled in.
   * @param {string} key
   * @param {number} n
   * @param {Record<string, string | number>} [values]
   */
  count(key, n, values = {}) {
    const form = this.plurals.select(n) === "one" ? "one" : "other";
    return this.say(`${key}.${form}`, { n, ...values });
  }

  /**
   * The label of a value of the vocabulary; the value itself where it is not one of its words.
   * @param {string} list  facet, column or list of values
   * @param {string} value
   * @returns {string}
   */
  label(list, value) {
    if (value === "") return this.say("unknown");
    if (list === "country" && /^[A-Z]{2}$/.test(value)) return this.region(value);
    const texts = this.book.labels[list];
    return texts && Object.hasOwn(texts, value) ? texts[value][this.index] : value;
  }

  /**
   * A number as the language writes it, in at most three significant figures below one.
   * @param {number} value
   */
  number(value) {
    return (Number.isInteger(value) ? this.whole : Math.abs(value) < 1 ? this.fine : this.part).format(value);
  }

  /**
   * The name of a country.
   * @param {string} code
   */
  region(code) {
    this.regions ??= new Intl.DisplayNames([this.language], { type: "region", fallback: "code" });
    return this.regions.of(code) ?? code;
  }
}

/**
 * A text with capital first letter; the vocabulary's labels are in lower case.
 * @param {string} text
 */
export function capital(text) {
  const first = [...text][0] ?? "";
  return first.toLocaleUpperCase() + text.slice(first.length);
}
