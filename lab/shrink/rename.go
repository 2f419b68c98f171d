package shrink

import (
	"fmt"
	"maps"
	"reflect"
	"regexp"
	"slices"
	"strings"

	"github.com/corsim/corsim/scenario"
)

// idBytes are what ids consist of, and validID are ids that can stand in a path as they are: . and .. cannot.
const idBytes = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-."

var validID = regexp.MustCompile(`^[A-Za-z0-9_-][A-Za-z0-9_.-]*$`)

func checkID(id string) error {
	if !validID.MatchString(id) {
		return fmt.Errorf("the id is %q; want letters, digits, dashes, underscores and, but for the first, dots, since it stands in URLs", id)
	}
	return nil
}

// Rename returns the scenario under another id. It stands for the old one in /s/OLD wherever that occurs: in the URLs of
// requests and servers, in values such as Location and the Path of a cookie, and in bodies.
func Rename(s *scenario.Scenario, id string) (*scenario.Scenario, error) {
	if err := checkID(id); err != nil {
		return nil, err
	}
	if err := checkID(s.ID); err != nil {
		return nil, err
	}
	old := "/s/" + s.ID
	out := mapStrings(s, func(text string) string { return replaceWord(text, old, "/s/"+id) })
	out.ID = id
	return out, nil
}

// replaceWord replaces a text where it is not the beginning of a longer id.
func replaceWord(text, old, new string) string {
	var b strings.Builder
	for {
		i := strings.Index(text, old)
		if i < 0 {
			b.WriteString(text)
			return b.String()
		}
		end := i + len(old)
		b.WriteString(text[:i])
		if end < len(text) && strings.IndexByte(idBytes, text[end]) >= 0 {
			b.WriteString(old)
		} else {
			b.WriteString(new)
		}
		text = text[end:]
	}
}

// clone returns a copy that shares nothing.
func clone(s *scenario.Scenario) *scenario.Scenario {
	return mapStrings(s, func(text string) string { return text })
}

// mapStrings returns a copy in which f was applied to all strings, and to the keys of maps. Of keys that become the same,
// the one that was first in order stays.
func mapStrings(s *scenario.Scenario, f func(string) string) *scenario.Scenario {
	return mapValue(reflect.ValueOf(s), f).Interface().(*scenario.Scenario)
}

func mapValue(v reflect.Value, f func(string) string) reflect.Value {
	out := reflect.New(v.Type()).Elem()
	switch v.Kind() {
	case reflect.String:
		out.SetString(f(v.String()))
	case reflect.Pointer:
		if !v.IsNil() {
			out.Set(reflect.New(v.Type().Elem()))
			out.Elem().Set(mapValue(v.Elem(), f))
		}
	case reflect.Struct:
		for i := range v.NumField() {
			out.Field(i).Set(mapValue(v.Field(i), f))
		}
	case reflect.Slice:
		if !v.IsNil() {
			out.Set(reflect.MakeSlice(v.Type(), v.Len(), v.Len()))
			for i := range v.Len() {
				out.Index(i).Set(mapValue(v.Index(i), f))
			}
		}
	case reflect.Map:
		if !v.IsNil() {
			out.Set(reflect.MakeMap(v.Type()))
			for _, key := range sortedKeys(v) {
				if k := mapValue(key, f); !out.MapIndex(k).IsValid() {
					out.SetMapIndex(k, mapValue(v.MapIndex(key), f))
				}
			}
		}
	default:
		out.Set(v)
	}
	return out
}

// sortedKeys returns the keys of a map, which are strings, in order.
func sortedKeys(m reflect.Value) []reflect.Value {
	keys := m.MapKeys()
	slices.SortFunc(keys, func(a, b reflect.Value) int { return strings.Compare(a.String(), b.String()) })
	return keys
}

// servers returns the URLs of a scenario's servers, in order.
func servers(s *scenario.Scenario) []string { return slices.Sorted(maps.Keys(s.Server)) }
