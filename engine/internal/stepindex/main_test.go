package main

import (
	"regexp"
	"strings"
	"testing"
)

const snippet = `
<div algorithm>
<p>To <dfn id=concept-tea>make tea</dfn>, run these steps:

<ol>
 <li><p>Boil water.

 <li>
  <p>Switch on the guest's wish:

  <dl class=switch>
   <dt>black
   <dt>green
   <dd>
    <ol>
     <li><p>Steep.

     <li><p>Drain.
    </ol>
    <p class=note>Not too long.

   <dt>none
   <dd><p>Return.
  </dl>

 <li>
  <p>Lay out the following:

  <ul><li>cup<li>spoon</ul>

  <dl>
   <dt>sugar
   <dd>two lumps
  </dl>

 <li>
  <div class=note><p>Mind the order.</div>

  <p>Then:

  <ol>
   <li><p>Pour.
  </ol>
</ol>
</div>

<div algorithm>
<p>Whether a pot <dfn export lt="spill tea|spills tea">should be stopped from spilling</dfn>:

<ol>
 <li><p>Return <b>blocked</b>.
</ol>
</div>

<div algorithm>
<p>An <dfn id=concept-aside>aside</dfn> has no steps.
</div>

<ol><li>These are of no algorithm.</ol>
`

func TestIndex(t *testing.T) {
	var b strings.Builder
	if err := index(&b, []byte(snippet), map[string]string{"concept-tea": "tea", "spill-tea": "spill"}); err != nil {
		t.Fatal(err)
	}
	got := regexp.MustCompile(` [0-9a-f]{12}\n`).ReplaceAllString(b.String(), "\n")
	const want = `
tea #concept-tea
tea 1
tea 2
tea 2a
tea 2a.1
tea 2a.2
tea 2b
tea 3
tea 4
tea 4.1

spill #spill-tea
spill 1
`
	if got != want {
		t.Errorf("got %s\nwant %s", got, want)
	}
}

func TestIndexHashesTextNotMarkup(t *testing.T) {
	list := func(s string) string {
		var b strings.Builder
		source := "<div algorithm><dfn id=a>a</dfn><ol><li>" + s + "</ol></div>"
		if err := index(&b, []byte(source), map[string]string{"a": "a"}); err != nil {
			t.Fatal(err)
		}
		return b.String()
	}
	plain := list("Return the <b>tea</b>.")
	if marked := list("<p>Return\n  the <a>tea</a>."); marked != plain {
		t.Errorf("other markup and white space give %q, want %q", marked, plain)
	}
	if other := list("Return the coffee."); other == plain {
		t.Errorf("another text gives the same %q", other)
	}
}

func TestIndexMissesNoAlgorithmInSilence(t *testing.T) {
	for _, name := range []string{"concept-coffee", "concept-aside"} {
		err := index(&strings.Builder{}, []byte(snippet), map[string]string{name: "x"})
		if err == nil || !strings.Contains(err.Error(), "#"+name) {
			t.Errorf("index of %s, which has no steps: error %v, want one that names it", name, err)
		}
	}
}
