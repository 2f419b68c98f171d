package generate

import (
	"strings"
	"unicode/utf8"
)

// recase writes a word in another case.
func (d *draft) recase(s string) string {
	switch pick(d, "upper", "lower", "title", "a letter") {
	case "upper":
		return upper(s)
	case "lower":
		return lower(s)
	case "title":
		words := strings.Split(lower(s), "-")
		for i, w := range words {
			if w != "" {
				words[i] = upper(w[:1]) + w[1:]
			}
		}
		return strings.Join(words, "-")
	}
	if s == "" {
		return s
	}
	i := d.below(len(s))
	if letter := s[i : i+1]; letter == lower(letter) {
		return s[:i] + upper(letter) + s[i+1:]
	}
	return s[:i] + lower(s[i:i+1]) + s[i+1:]
}

// upper and lower change letters of ASCII alone, since others may leave the bytes that a header line can carry.
func upper(s string) string { return mapBytes(s, 'a', 'z') }

func lower(s string) string { return mapBytes(s, 'A', 'Z') }

func mapBytes(s string, from, to byte) string {
	b := []byte(s)
	for i, c := range b {
		if from <= c && c <= to {
			b[i] ^= 0x20
		}
	}
	return string(b)
}

// pad puts white space around a value.
func (d *draft) pad(s string) string {
	space := func() string { return pick(d, "", " ", "\t", "  ", " \t ") }
	return space() + s + space()
}

// insert puts something at the start, at the end or in the middle of a value.
func (d *draft) insert(s, what string) string {
	at := pick(d, 0, len(s), d.below(len(s)+1))
	for at < len(s) && !utf8.RuneStart(s[at]) {
		at++
	}
	return s[:at] + what + s[at:]
}

// near returns a number that is n, one less or one more.
func (d *draft) near(n int) int { return n + pick(d, -1, 0, 1) }

// fill returns n bytes.
func fill(n int) string { return strings.Repeat("v", n) }

// twice repeats one of the lines, as it is, under a name in another case, or with another value.
func (d *draft) twice(l lines, other string) lines {
	if len(l) == 0 {
		return l
	}
	i := d.below(len(l))
	again := []string{l[i][0], l[i][1]}
	switch pick(d, "as it is", "case", "value") {
	case "case":
		again[0] = d.recase(again[0])
	case "value":
		again[1] = other
	}
	return append(l, again)
}

// reorder puts lines into any order.
func (d *draft) reorder(l lines) lines { return some(d, len(l), l...) }

// list joins items as servers do, or as they should not.
func (d *draft) list(items ...string) string {
	separator := choose(d, of(60, ", ", ","), of(25, " ,", "\t,\t", ",,", ", ,"), of(15, ";", " "))
	s := strings.Join(items, separator)
	return choose(d, of(90, s), of(10, ","+s, s+",", ", ,"+s, s+" ,"))
}

// bend makes a value wrong, or nearly so.
func (d *draft) bend(s string) string {
	return pick(d, d.recase, d.pad, d.quote, d.cut, d.extend, d.byteInside)(s)
}

func (d *draft) quote(s string) string { return pick(d, `"`+s+`"`, `'`+s+`'`, `"`+s, "<"+s+">") }

// cut leaves out the last character of a value, or the first.
func (d *draft) cut(s string) string {
	if r := []rune(s); len(r) > 1 {
		return pick(d, string(r[1:]), string(r[:len(r)-1]))
	}
	return ""
}

// extend writes something after a value.
func (d *draft) extend(s string) string {
	return s + pick(d, ",", ";", ".", "/", "*", ", "+s, " "+s, ";q=1", ", null", ",,", "x")
}

func (d *draft) byteInside(s string) string { return d.insert(s, d.oddByte()) }

// oddByte is a byte that hardly ever stands in a header line, as the code point of the same number.
func (d *draft) oddByte() string {
	return choose(d,
		of(10, "\t", " "),
		of(25, "\u0001", "\u0008", "\u000b", "\u000c", "\u000e", "\u001b", "\u001f"),
		of(10, "\u007f"),
		of(6, "\u0000"),
		of(40, "\u0080", "\u0085", "\u00a0", "\u00ad", "\u00c3", "\u00e9", "\u00fe", "\u00ff"),
		// UTF-8, whole, overlong, of a surrogate, and broken off.
		of(15, "\u00c3\u00a9", "\u00e2\u0082\u00ac", "\u00f0\u009f\u0098\u0080", "\u00c0\u0080", "\u00ed\u00a0\u0080", "\u00e2\u0082x", "\u00f0\u009f\u0098x", "\u00ff\u00fe", "\u00ef\u00bb\u00bf"),
	)
}
