package curl

import (
	"net/url"
	"strconv"
	"strings"
)

// file reads a file that the command names.
func (p *parser) file(written string, w token, name string) (string, error) {
	if name == "-" || name == "." {
		return "", p.wrong(w.at, "write it into the command", "%s reads standard input, and a pasted command has none", written)
	}
	data, err := p.readFile(name)
	if err != nil {
		return "", p.wrong(w.at, "", "%s: %v", written, err)
	}
	p.note(written + " was read from the file " + cut(name))
	return string(data), nil
}

// addData reads the value of -d and its like.
//
// https://curl.se/docs/manpage.html#-d
func (p *parser) addData(f *flag, written string, w token, value string) error {
	text, err := value, error(nil)
	name, isFile := strings.CutPrefix(value, "@")
	switch {
	case f.name == "data-urlencode":
		text, err = p.urlEncoded(written, w, value)
	case isFile && f.name != "data-raw":
		if text, err = p.file(written, w, name); f.name == "data" || f.name == "data-ascii" {
			text = strings.NewReplacer("\r", "", "\n", "", "\x00", "").Replace(text)
		}
	}
	if p.data != nil && f.name != "json" {
		p.data = append(p.data, "&")
	}
	p.data = append(p.data, text)
	p.json = p.json || f.name == "json"
	return err
}

// urlEncoded encodes the value of --data-urlencode: the text after the first = or @, or all of it.
func (p *parser) urlEncoded(written string, w token, value string) (text string, err error) {
	name := ""
	switch i := strings.IndexAny(value, "=@"); {
	case i < 0:
		text = value
	case value[i] == '@':
		name = value[:i]
		if text, err = p.file(written, w, value[i+1:]); err != nil {
			return "", err
		}
	default:
		name, text = value[:i], value[i+1:]
	}
	text = strings.ReplaceAll(url.QueryEscape(text), "+", "%20")
	if name != "" {
		text = name + "=" + text
	}
	return text, nil
}

// urlQuery reads the value of --url-query, which is taken as it is after a plus.
func (p *parser) urlQuery(written string, w token, value string) (err error) {
	text, plain := strings.CutPrefix(value, "+")
	if !plain {
		text, err = p.urlEncoded(written, w, value)
	}
	p.query = append(p.query, text)
	return err
}

// part is a part of a multipart/form-data body.
type part struct {
	name, filename, contentType, content string
	isFile                               bool
}

// formPart reads the value of -F, or of --form-string where nothing is special.
//
// https://curl.se/docs/manpage.html#-F
func (p *parser) formPart(special bool, w token, value string) error {
	name, content, ok := strings.Cut(value, "=")
	if !ok {
		return p.wrong(w.at, "", "-F %s has no =; want name=value or name=@FILE", cut(value))
	}
	f := part{name: name, content: content}
	if special {
		kind := ""
		if strings.HasPrefix(content, "@") || strings.HasPrefix(content, "<") {
			kind, content = content[:1], content[1:]
		}
		content, options := formOptions(content)
		f.content = content
		for _, o := range options {
			switch key, v, _ := strings.Cut(o, "="); key {
			case "type":
				f.contentType = v
			case "filename":
				f.filename, f.isFile = strings.Trim(v, `"`), true
			default:
				return p.wrong(w.at, "", "-F has ;%s after the value of %s; want type or filename", cut(o), cut(name))
			}
		}
		if kind != "" {
			text, err := p.file("-F", w, content)
			if err != nil {
				return err
			}
			f.content = text
			if kind == "@" {
				if f.isFile = true; f.filename == "" {
					f.filename = content[strings.LastIndexByte(content, '/')+1:]
				}
				if f.contentType == "" {
					f.contentType = "application/octet-stream"
				}
			}
		}
	}
	p.form = append(p.form, f)
	return nil
}

// formOptions cuts options such as ;type=text/plain off the value of -F, which may stand in double quotes.
func formOptions(value string) (content string, options []string) {
	if strings.HasPrefix(value, `"`) {
		if end := strings.LastIndexByte(value, '"'); end > 0 {
			content, value = strings.NewReplacer(`\\`, `\`, `\"`, `"`).Replace(value[1:end]), value[end+1:]
		}
	} else if i := strings.IndexByte(value, ';'); i >= 0 {
		content, value = value[:i], value[i:]
	} else {
		return value, nil
	}
	for o := range strings.SplitSeq(value, ";") {
		if o = strings.TrimSpace(o); o != "" {
			options = append(options, o)
		}
	}
	return content, options
}

// multipart puts a body together. Its boundary is always the same, unless a part has it in it.
//
// https://html.spec.whatwg.org/multipage/form-control-infrastructure.html#multipart-form-data
func multipart(parts []part) (body, boundary string) {
	boundary = "------------------------corsim"
	for n := 1; ; n++ {
		taken := false
		for _, f := range parts {
			taken = taken || strings.Contains(f.content, boundary)
		}
		if !taken {
			break
		}
		boundary = "------------------------corsim" + strconv.Itoa(n)
	}
	escape := strings.NewReplacer("\n", "%0A", "\r", "%0D", `"`, "%22").Replace
	var b strings.Builder
	for _, f := range parts {
		b.WriteString("--" + boundary + "\r\nContent-Disposition: form-data; name=\"" + escape(f.name) + `"`)
		if f.isFile {
			b.WriteString(`; filename="` + escape(f.filename) + `"`)
		}
		if f.contentType != "" {
			b.WriteString("\r\nContent-Type: " + strings.NewReplacer("\r", "", "\n", "").Replace(f.contentType))
		}
		b.WriteString("\r\n\r\n" + f.content + "\r\n")
	}
	return b.String() + "--" + boundary + "--\r\n", boundary
}
