package cookie

import (
	"strconv"
	"strings"
	"time"

	"github.com/corsim/corsim/fetchspec"
)

// parse parses the value of an Expires attribute.
func (d Dates) parse(s string) (time.Time, bool) {
	switch d {
	case DatesInOrder:
		return parseInOrder(s)
	case DatesWhole, DatesLoose:
		return parseWhole(s, d == DatesLoose)
	}
	return parseTokens(s)
}

// date is a date with a time of the day that is being put together.
type date struct {
	year, day, hour, minute, second int
	month                           time.Month
	hasYear, hasDay, hasTime        bool
}

func (d *date) time() time.Time {
	return time.Date(d.year, d.month, d.day, d.hour, d.minute, d.second, 0, time.UTC)
}

// isDate reports whether there is such a day and such a time of the day.
func (d *date) isDate() bool {
	return d.hour <= 23 && d.minute <= 59 && d.second <= 59 && d.time().Day() == d.day
}

// century gives a year of two digits its century.
func (d *date) century() {
	switch {
	case d.year <= 69:
		d.year += 2000
	case d.year <= 99:
		d.year += 1900
	}
}

// parseTokens parses a date as the specification has it.
//
// https://httpwg.org/http-extensions/draft-ietf-httpbis-layered-cookies.html#name-parse-a-date
func parseTokens(s string) (time.Time, bool) {
	var d date
	for token := range strings.FieldsFuncSeq(s, isDelimiter) {
		if !d.hasTime {
			if h, m, second, ok := cutTime(token); ok {
				var ok1, ok2, ok3 bool
				d.hour, ok1 = leading(h, 1, 2)
				d.minute, ok2 = leading(m, 1, 2)
				d.second, ok3 = leading(second, 1, 2)
				if d.hasTime = ok1 && ok2 && ok3 && isNumber(h+m); d.hasTime {
					continue
				}
			}
		}
		if !d.hasDay {
			if d.day, d.hasDay = leading(token, 1, 2); d.hasDay {
				continue
			}
		}
		if d.month == 0 {
			if d.month = month(token); d.month != 0 {
				continue
			}
		}
		if !d.hasYear {
			d.year, d.hasYear = leading(token, 2, 4)
		}
	}
	if !d.hasTime || !d.hasDay || d.month == 0 || !d.hasYear {
		return time.Time{}, false
	}
	d.century()
	return d.time(), d.year >= 1601 && d.isDate()
}

// parseWhole parses a date whose numbers must be numbers as a whole. A loose one can have numbers that are too high, which
// carry over, a month as a number, and no time of the day or one without seconds.
func parseWhole(s string, loose bool) (time.Time, bool) {
	var d date
	for token := range strings.FieldsFuncSeq(s, func(c rune) bool { return isDelimiter(c) && !(loose && c == '/') }) {
		if token[0] < '0' || token[0] > '9' {
			switch {
			case loose && strings.Contains(token, "/"):
				return time.Time{}, false
			case d.month == 0:
				d.month = month(token)
			}
			continue
		}
		h, m, second, timely := cutTime(token)
		switch {
		case loose && strings.Count(token, "/") == 2:
			part := strings.Split(token, "/")
			token, d.hasDay = part[2], true
			var month int
			if !number(part[0], &month) || !number(part[1], &d.day) {
				return time.Time{}, false
			}
			d.month = time.Month(month)
		case timely || loose && h != token:
			if loose {
				second, _, _ = strings.Cut(second+":", ":")
			}
			if !number(h, &d.hour) || !number(m, &d.minute) || !number(second, &d.second) && !loose {
				return time.Time{}, false
			}
			d.hasTime = true
			continue
		case !d.hasDay && len(token) <= 2:
			if d.hasDay = true; !number(token, &d.day) {
				return time.Time{}, false
			}
			continue
		}
		if d.hasYear || loose && len(token) != 2 && len(token) != 4 {
			continue
		}
		if d.hasYear = true; !number(token, &d.year) {
			return time.Time{}, false
		}
	}
	if !d.hasTime && !loose || !d.hasDay || d.month == 0 || !d.hasYear || d.day < 1 || d.day > 31 {
		return time.Time{}, false
	}
	d.century()
	return d.time(), loose || d.isDate()
}

// parseInOrder parses a date of one of the forms of HTTP: Sun, 06 Nov 1994 08:49:37 GMT; or Sun Nov 6 08:49:37 1994.
// Dashes may stand for the spaces of the first, and anything follow.
func parseInOrder(s string) (time.Time, bool) {
	var d date
	if rest := strings.TrimLeftFunc(s, isLetter); rest != s {
		s = strings.TrimLeft(strings.TrimPrefix(rest, ","), " \t")
	}
	x := scanner(s)
	var ok bool
	if s != "" && isLetter(rune(s[0])) {
		ok = x.month(&d) && x.number(&d.day) > 0 && x.time(&d) && x.year(&d)
	} else {
		ok = x.number(&d.day) > 0 && x.month(&d) && x.year(&d) && x.time(&d)
	}
	return d.time(), ok && d.isDate()
}

// scanner is what is left of a date that is read from its start.
type scanner string

// skip passes over spaces and dashes.
func (x *scanner) skip() { *x = scanner(strings.TrimLeft(string(*x), " -")) }

// number reads a number, and returns how many digits it has; 0 is no number.
func (x *scanner) number(n *int) int {
	digits := leadingDigits(string(*x))
	if !number(digits, n) {
		return 0
	}
	*x = (*x)[len(digits):]
	x.skip()
	return len(digits)
}

func (x *scanner) month(d *date) bool {
	if d.month = month(string(*x)); d.month == 0 {
		return false
	}
	*x = (*x)[3:]
	x.skip()
	return true
}

func (x *scanner) year(d *date) bool {
	digits := x.number(&d.year)
	switch digits {
	case 2:
		d.century()
	case 3:
		d.year += 1900
	}
	return digits > 0
}

func (x *scanner) time(d *date) bool {
	for i, part := range [...]*int{&d.hour, &d.minute, &d.second} {
		if i > 0 {
			if !strings.HasPrefix(string(*x), ":") {
				return false
			}
			*x = (*x)[1:]
		}
		if x.number(part) == 0 {
			return false
		}
	}
	return true
}

func isLetter(c rune) bool { return 'a' <= c|0x20 && c|0x20 <= 'z' }

func isDelimiter(c rune) bool {
	return c == 0x09 || 0x20 <= c && c <= 0x2F || 0x3B <= c && c <= 0x40 || 0x5B <= c && c <= 0x60 || 0x7B <= c && c <= 0x7E
}

// cutTime returns the three parts of a time of the day.
func cutTime(s string) (hour, minute, second string, ok bool) {
	hour, rest, _ := strings.Cut(s, ":")
	minute, second, ok = strings.Cut(rest, ":")
	return hour, minute, second, ok
}

func isNumber(s string) bool { return s != "" && strings.Trim(s, "0123456789") == "" }

// number sets n to a number of few digits.
func number(s string, n *int) bool {
	if !isNumber(s) || len(s) > 5 {
		return false
	}
	*n, _ = strconv.Atoi(s)
	return true
}

func leadingDigits(s string) string { return s[:len(s)-len(strings.TrimLeft(s, "0123456789"))] }

// leading returns the number that s starts with, and whether it is one of min to max digits.
func leading(s string, min, max int) (n int, ok bool) {
	digits := leadingDigits(s)
	return n, min <= len(digits) && len(digits) <= max && number(digits, &n)
}

const months = "janfebmaraprmayjunjulaugsepoctnovdec"

// month returns the month that s starts with the name of, and 0 where there is none.
func month(s string) time.Month {
	for i := 0; i < len(months) && len(s) >= 3; i += 3 {
		if fetchspec.EqualFold(s[:3], months[i:i+3]) {
			return time.Month(i/3 + 1)
		}
	}
	return 0
}
