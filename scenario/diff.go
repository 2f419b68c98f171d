package scenario

import (
	"strings"
)

// diffContext is how many lines that are the same are shown around a difference, and maxDiffCells bounds the work of
// finding one: texts beyond it are shown as wholly different.
const (
	diffContext  = 3
	maxDiffCells = 4 << 20
)

// diff compares two texts line by line and returns a diff that looks like a unified one, under the name given. It is empty
// where the texts are equal.
func diff(name, want, got string) string {
	if want == got {
		return ""
	}
	lines := diffLines(splitLines(want), splitLines(got))
	var b strings.Builder
	b.WriteString("--- " + name + " (expected)\n+++ " + name + " (got)\n")
	last := -1 // of the lines that were shown
	for i, l := range lines {
		if !nearChange(lines, i) {
			continue
		}
		if last != i-1 {
			b.WriteString("@@\n")
		}
		last = i
		b.WriteString(l + "\n")
	}
	return b.String()
}

func splitLines(s string) []string {
	if s == "" {
		return nil
	}
	return strings.Split(strings.TrimSuffix(s, "\n"), "\n")
}

func nearChange(lines []string, i int) bool {
	for j := max(0, i-diffContext); j < min(len(lines), i+diffContext+1); j++ {
		if lines[j][0] != ' ' {
			return true
		}
	}
	return false
}

// diffLines returns all lines of both texts, marked with a space, a minus or a plus, by their longest common subsequence.
func diffLines(a, b []string) []string {
	var out []string
	mark := func(m string, lines []string) {
		for _, l := range lines {
			out = append(out, m+l)
		}
	}
	start := 0
	for start < min(len(a), len(b)) && a[start] == b[start] {
		start++
	}
	mark(" ", a[:start])
	a, b = a[start:], b[start:]
	if len(a)*len(b) > maxDiffCells {
		mark("-", a)
		mark("+", b)
		return out
	}
	// common[i][j] is the length of the longest common subsequence of a[i:] and b[j:].
	width := len(b) + 1
	common := make([]int32, (len(a)+1)*width)
	for i := len(a) - 1; i >= 0; i-- {
		for j := len(b) - 1; j >= 0; j-- {
			if a[i] == b[j] {
				common[i*width+j] = common[(i+1)*width+j+1] + 1
			} else {
				common[i*width+j] = max(common[(i+1)*width+j], common[i*width+j+1])
			}
		}
	}
	i, j := 0, 0
	for i < len(a) && j < len(b) {
		switch {
		case a[i] == b[j]:
			mark(" ", a[i:i+1])
			i, j = i+1, j+1
		case common[(i+1)*width+j] >= common[i*width+j+1]:
			mark("-", a[i:i+1])
			i++
		default:
			mark("+", b[j:j+1])
			j++
		}
	}
	mark("-", a[i:])
	mark("+", b[j:])
	return out
}
