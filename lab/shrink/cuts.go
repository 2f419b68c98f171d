package shrink

import (
	"cmp"
	"maps"
	"math"
	"reflect"
	"regexp"
	"slices"
	"strings"

	"github.com/corsim/corsim/scenario"
)

// cut changes a scenario in place. Whether the outcome is smaller, and valid, is for others to see.
type cut func(*scenario.Scenario)

// pass returns the cuts of one kind that a scenario offers, the large ones first.
type pass func(*scenario.Scenario) []cut

// passes are all kinds of cuts, from those that take away much to those that take away little.
var passes = []pass{
	cutSteps, cutServers, cutHops, cutAnswers, cutHeaders, cutCookies, cutMembers,
	plainOrigins, plainURLs, plainValues, plainWords, plainNumbers,
	shortenURLs, shortenValues,
}

// chunks returns cuts of all of n elements, then of each half, each quarter, and so on to each element.
func chunks(n int, remove func(s *scenario.Scenario, from, to int)) []cut {
	var cuts []cut
	for size := n; size > 0; size /= 2 {
		for from := 0; from < n; from += size {
			cuts = append(cuts, func(s *scenario.Scenario) { remove(s, from, min(from+size, n)) })
		}
	}
	return cuts
}

// cutSteps drops steps, and makes a single one a request.
func cutSteps(s *scenario.Scenario) []cut {
	cuts := chunks(len(s.Steps), func(s *scenario.Scenario, from, to int) { s.Steps = slices.Delete(s.Steps, from, to) })
	for i := range s.Steps {
		cuts = append(cuts, func(s *scenario.Scenario) {
			s.Request, s.Steps = &s.Steps[i], nil
			s.Request.Wait = 0
		})
	}
	return cuts
}

// cutServers drops what is answered at URLs.
func cutServers(s *scenario.Scenario) []cut {
	urls := servers(s)
	return chunks(len(urls), func(s *scenario.Scenario, from, to int) {
		for _, u := range urls[from:to] {
			delete(s.Server, u)
		}
	})
}

// cutHops leaves out a redirect: what leads to its URL leads to where that redirects to.
func cutHops(s *scenario.Scenario) []cut {
	var cuts []cut
	for _, u := range servers(s) {
		to := location(s.Server[u].Response)
		if to == "" || to == u {
			continue
		}
		cuts = append(cuts, func(s *scenario.Scenario) {
			delete(s.Server, u)
			*s = *mapStrings(s, func(text string) string {
				if bare, _, _ := strings.Cut(text, "#"); bare == u {
					return to
				}
				return text
			})
		})
	}
	return cuts
}

// location returns the value of an answer's Location, empty where there is none.
func location(a *scenario.Answer) string {
	if a == nil {
		return ""
	}
	for _, h := range a.Headers {
		if strings.EqualFold(h[0], "Location") {
			return h[1]
		}
	}
	return ""
}

// answers returns all answers, in order.
func answers(s *scenario.Scenario) []*scenario.Answer {
	var list []*scenario.Answer
	for _, u := range servers(s) {
		for _, a := range []*scenario.Answer{s.Server[u].Preflight, s.Server[u].Response} {
			if a != nil {
				list = append(list, a)
			}
		}
	}
	return list
}

// requests returns all requests, in order.
func requests(s *scenario.Scenario) []*scenario.Request {
	if s.Request != nil {
		return []*scenario.Request{s.Request}
	}
	list := make([]*scenario.Request, len(s.Steps))
	for i := range s.Steps {
		list[i] = &s.Steps[i]
	}
	return list
}

// cutAnswers drops either answer of a URL, lets the preflight's stand for both, and makes answers plain ones.
func cutAnswers(s *scenario.Scenario) []cut {
	var cuts []cut
	for _, u := range servers(s) {
		change := func(f func(*scenario.Exchange)) {
			cuts = append(cuts, func(s *scenario.Scenario) {
				e := s.Server[u]
				f(&e)
				s.Server[u] = e
			})
		}
		change(func(e *scenario.Exchange) { e.Preflight = nil })
		change(func(e *scenario.Exchange) { e.Response = nil })
		change(func(e *scenario.Exchange) { e.Preflight, e.Response = nil, e.Preflight })
	}
	for i := range answers(s) {
		cuts = append(cuts, func(s *scenario.Scenario) { *answers(s)[i] = scenario.Answer{Status: 200} })
	}
	return cuts
}

// headerLists returns the headers of all requests and answers, in order.
func headerLists(s *scenario.Scenario) []*[][]string {
	var lists []*[][]string
	for _, r := range requests(s) {
		lists = append(lists, &r.Headers)
	}
	for _, a := range answers(s) {
		lists = append(lists, &a.Headers)
	}
	return lists
}

func cutHeaders(s *scenario.Scenario) []cut {
	var cuts []cut
	for i, list := range headerLists(s) {
		cuts = append(cuts, chunks(len(*list), func(s *scenario.Scenario, from, to int) {
			headers := headerLists(s)[i]
			*headers = slices.Delete(*headers, from, to)
		})...)
	}
	return cuts
}

// cutCookies drops what was set before the scenario.
func cutCookies(s *scenario.Scenario) []cut {
	var cuts []cut
	for _, u := range slices.Sorted(maps.Keys(s.Cookies)) {
		cuts = append(cuts, func(s *scenario.Scenario) { delete(s.Cookies, u) })
		cuts = append(cuts, chunks(len(s.Cookies[u]), func(s *scenario.Scenario, from, to int) {
			s.Cookies[u] = slices.Delete(s.Cookies[u], from, to)
		})...)
	}
	return cuts
}

// cutMembers leaves out each member that may be left out.
func cutMembers(s *scenario.Scenario) []cut {
	var cuts []cut
	for i, v := range structs(s) {
		for f := range v.NumField() {
			if strings.Contains(v.Type().Field(f).Tag.Get("json"), ",omit") && !v.Field(f).IsZero() {
				cuts = append(cuts, func(s *scenario.Scenario) { structs(s)[i].Field(f).SetZero() })
			}
		}
	}
	return cuts
}

// structs returns what has members of its own, in order.
func structs(s *scenario.Scenario) []reflect.Value {
	list := []reflect.Value{reflect.ValueOf(s).Elem(), reflect.ValueOf(&s.Client).Elem()}
	for _, r := range requests(s) {
		list = append(list, reflect.ValueOf(r).Elem())
	}
	for _, a := range answers(s) {
		list = append(list, reflect.ValueOf(a).Elem())
	}
	return list
}

var (
	originPattern = regexp.MustCompile(`https?://[^/?#\s,;"'<>]+`)
	urlPattern    = regexp.MustCompile(`https?://[^\s,;"'<>#]+`)
)

// found returns what matches a pattern in a scenario, each once and sorted.
func found(s *scenario.Scenario, pattern *regexp.Regexp) []string {
	set := map[string]bool{}
	mapStrings(s, func(text string) string {
		for _, m := range pattern.FindAllString(text, -1) {
			set[m] = true
		}
		return text
	})
	return slices.Sorted(maps.Keys(set))
}

// replacing returns a cut that puts one text for another, wherever a pattern matches just that.
func replacing(pattern *regexp.Regexp, old, new string) cut {
	return func(s *scenario.Scenario) {
		*s = *mapStrings(s, func(text string) string {
			return pattern.ReplaceAllStringFunc(text, func(m string) string {
				if m == old {
					return new
				}
				return m
			})
		})
	}
}

// plain are origins without anything odd to them.
var plain = []string{"https://app.example.com", "https://api.example.com"}

// plainOrigins puts another origin for one, everywhere.
func plainOrigins(s *scenario.Scenario) []cut {
	var cuts []cut
	all := found(s, originPattern)
	for _, old := range all {
		for _, new := range append(slices.Clone(plain), all...) {
			if new != old {
				cuts = append(cuts, replacing(originPattern, old, new))
			}
		}
	}
	return cuts
}

// splitURL cuts a URL after what keeps it apart from those of other scenarios.
func splitURL(s *scenario.Scenario, u string) (base, rest string) {
	base = originPattern.FindString(u)
	rest = u[len(base):]
	if prefix := "/s/" + s.ID + "/"; strings.HasPrefix(rest, prefix) {
		return base + prefix, rest[len(prefix):]
	}
	if strings.HasPrefix(rest, "/") {
		return base + "/", rest[1:]
	}
	return base, rest
}

// urlCuts returns cuts that put what f makes of the end of each URL in its place, wherever the URL is.
func urlCuts(s *scenario.Scenario, f func(rest string) []string) []cut {
	var cuts []cut
	for _, u := range found(s, urlPattern) {
		base, rest := splitURL(s, u)
		for _, r := range f(rest) {
			cuts = append(cuts, replacing(urlPattern, u, base+r))
		}
	}
	return cuts
}

// plainURLs leaves out queries and fragments, and puts plain paths.
func plainURLs(s *scenario.Scenario) []cut {
	cuts := urlCuts(s, func(rest string) []string {
		path, query, _ := strings.Cut(rest, "?")
		return []string{"a", "b", path, "a?" + query, "b?" + query}
	})
	for i := range texts(s) {
		cuts = append(cuts, func(s *scenario.Scenario) {
			text := texts(s)[i]
			*text, _, _ = strings.Cut(*text, "#")
		})
	}
	return cuts
}

// texts returns the URLs of requests, and all that values returns.
func texts(s *scenario.Scenario) []*string {
	var list []*string
	for _, r := range requests(s) {
		list = append(list, r.URL)
	}
	return append(list, values(s)...)
}

// values returns the texts that can be anything, in order: values of headers and cookies, and bodies.
func values(s *scenario.Scenario) []*string {
	var list []*string
	for _, headers := range headerLists(s) {
		for i := range *headers {
			list = append(list, &(*headers)[i][1])
		}
	}
	for _, u := range slices.Sorted(maps.Keys(s.Cookies)) {
		for i := range s.Cookies[u] {
			list = append(list, &s.Cookies[u][i])
		}
	}
	for _, r := range requests(s) {
		if r.Body != nil {
			list = append(list, r.Body)
		}
		list = append(list, &r.BlobType)
	}
	for _, a := range answers(s) {
		list = append(list, &a.Body)
	}
	return list
}

// valueCuts returns cuts that put what f makes of a text in its place.
func valueCuts(list func(*scenario.Scenario) []*string, s *scenario.Scenario, f func(string) []string) []cut {
	var cuts []cut
	for i, v := range list(s) {
		for _, new := range f(*v) {
			cuts = append(cuts, func(s *scenario.Scenario) { *list(s)[i] = new })
		}
	}
	return cuts
}

// plainValues puts plain values, and leaves out elements of lists and parameters.
func plainValues(s *scenario.Scenario) []cut {
	return valueCuts(values, s, func(v string) []string {
		if v == "" {
			return nil
		}
		list := []string{"", "*", "0", "1", "x", strings.Trim(v, " \t")}
		for _, separator := range []string{",", ";"} {
			parts := strings.Split(v, separator)
			if len(parts) == 1 {
				continue
			}
			for _, p := range parts {
				list = append(list, strings.TrimSpace(p))
			}
			for i := range parts {
				list = append(list, strings.TrimSpace(strings.Join(slices.Delete(slices.Clone(parts), i, i+1), separator)))
			}
		}
		return list
	})
}

// plainMethods are the methods to prefer: one that needs a preflight, and those that do not.
var plainMethods = []string{"PUT", "GET", "POST"}

// plainWords puts plain methods, and plain names for the headers of requests, wherever they are.
func plainWords(s *scenario.Scenario) []cut {
	var cuts []cut
	word := func(old, new string) {
		if old != "" && old != new {
			cuts = append(cuts, func(s *scenario.Scenario) {
				for _, p := range append(names(s), values(s)...) {
					*p = replaceFold(*p, old, new)
				}
			})
		}
	}
	for _, r := range requests(s) {
		for _, m := range plainMethods {
			word(r.Method, m)
		}
		for _, h := range r.Headers {
			for _, n := range []string{"A", "B", "X-A"} {
				word(h[0], n)
			}
		}
	}
	for i, r := range requests(s) {
		if r.CrossOrigin != nil {
			cuts = append(cuts, func(s *scenario.Scenario) { *requests(s)[i].CrossOrigin = "" })
		}
	}
	return cuts
}

// names returns the names of the headers of requests.
func names(s *scenario.Scenario) []*string {
	var list []*string
	for _, r := range requests(s) {
		for i := range r.Headers {
			list = append(list, &r.Headers[i][0])
		}
	}
	return list
}

// replaceFold replaces the elements of a list that are a word, in whatever case.
func replaceFold(list, old, new string) string {
	parts := strings.Split(list, ",")
	for i, p := range parts {
		if trimmed := strings.Trim(p, " \t"); strings.EqualFold(trimmed, old) {
			parts[i] = strings.Replace(p, trimmed, new, 1)
		}
	}
	return strings.Join(parts, ",")
}

var numbers = regexp.MustCompile(`\d+`)

// plainNumbers lowers statuses, waits, and numbers in values.
func plainNumbers(s *scenario.Scenario) []cut {
	var cuts []cut
	for i, a := range answers(s) {
		for _, status := range []int{200, a.Status / 100 * 100, a.Status/100*100 + 1} {
			cuts = append(cuts, func(s *scenario.Scenario) { answers(s)[i].Status = status })
		}
	}
	for i, r := range requests(s) {
		for _, wait := range []float64{1, 10, 100, 1000, math.Floor(r.Wait / 2), math.Floor(r.Wait)} {
			if wait < r.Wait {
				cuts = append(cuts, func(s *scenario.Scenario) { requests(s)[i].Wait = wait })
			}
		}
	}
	return append(cuts, valueCuts(values, s, func(v string) []string {
		var list []string
		for _, at := range numbers.FindAllStringIndex(v, -1) {
			for _, n := range []string{"0", "1", "9"} {
				list = append(list, v[:at[0]]+n+v[at[1]:])
			}
		}
		return list
	})...)
}

func shortenURLs(s *scenario.Scenario) []cut { return urlCuts(s, shorter) }

// shortenValues shortens values. Origins and URLs in them are not touched, since they mean something only as a whole.
func shortenValues(s *scenario.Scenario) []cut {
	cuts := valueCuts(texts, s, func(v string) []string {
		if strings.HasPrefix(v, "https://") || strings.HasPrefix(v, "http://") {
			return nil
		}
		return shorter(v)
	})
	return append(cuts, valueCuts(methods, s, func(m string) []string {
		if slices.Contains(plainMethods, m) {
			return nil
		}
		return shorter(m)
	})...)
}

func methods(s *scenario.Scenario) []*string {
	var list []*string
	for _, r := range requests(s) {
		list = append(list, &r.Method)
	}
	return list
}

// maxPieces bounds in how many pieces a text is cut.
const maxPieces = 256

// shorter returns a text without each half of it, without each quarter, and so on to each character. Pieces of a very long
// text are longer.
func shorter(text string) []string {
	runes := []rune(text)
	n := len(runes)
	var list []string
	for size := cmp.Or(n/2, n); size > 0 && n/size <= maxPieces; size /= 2 {
		for from := 0; from < n; from += size {
			list = append(list, string(runes[:from])+string(runes[min(from+size, n):]))
		}
	}
	return list
}
