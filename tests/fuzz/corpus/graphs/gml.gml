.gml
graph [
  directed 1
  multigraph 1
  partnergraph "{&#34;about&#34;: {&#34;description&#34;: &#34;&#34;, &#34;focus&#34;: &#34;&#34;, &#34;language&#34;: &#34;&#34;, &#34;licence&#34;: &#34;&#34;, &#34;name&#34;: &#34;small&#34;, &#34;title&#34;: &#34;Small&#34;}, &#34;aliases&#34;: [{&#34;alias&#34;: &#34;Alfa&#34;, &#34;kind&#34;: &#34;translation&#34;, &#34;language&#34;: &#34;nl&#34;, &#34;node&#34;: &#34;a&#34;}], &#34;evidence&#34;: [{&#34;fact&#34;: &#34;a&#34;, &#34;locator&#34;: &#34;1&#34;, &#34;source&#34;: &#34;s&#34;}], &#34;judgements&#34;: [], &#34;own_columns&#34;: {&#34;aliases&#34;: {}, &#34;evidence&#34;: {}, &#34;judgements&#34;: {}, &#34;nodes&#34;: {&#34;mine&#34;: &#34;number&#34;}, &#34;sources&#34;: {}, &#34;ties&#34;: {}}, &#34;sources&#34;: [{&#34;id&#34;: &#34;s&#34;, &#34;title&#34;: &#34;Page&#34;}]}"
  node [
    id 0
    label "Alpha"
    node_id "a"
    kind "organisation"
    name "Alpha"
    country "BE"
    start "2016"
    mine 1.5
  ]
  node [
    id 1
    label "Festival"
    node_id "p"
    kind "project"
    name "Festival"
    recurrence "FREQ=YEARLY;BYMONTH=8"
  ]
  edge [
    source 0
    target 1
    key "a.participates_in.p.lead@2016"
    tie_id "a.participates_in.p.lead@2016"
    weight 2.0
    kind "participates_in"
    role "lead"
    start "2016"
    end ".."
    strength 2.0
    directed 1
  ]
]
