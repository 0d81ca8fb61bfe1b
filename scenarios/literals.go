package scenarios

import (
	"strconv"
	"strings"
	"unicode"

	"github.com/herdlab/herdlab/internal/spelling"
	"github.com/herdlab/herdlab/internal/units"
)

// plainText is an expectation with its literals turned into plain numbers:
// 200ms into 200, 1.5s into 1500, 5% into 0.05. It knows where each character
// came from, so that an error keeps its column.
type plainText struct {
	text   string
	pieces []piece
	given  map[int]given // the literals, by the offset in text at which they begin
}

// given is a literal as it was written.
type given struct {
	text string
	unit unit
}

// piece says that the characters from offset to on came from offset from on.
type piece struct{ to, from int }

// origin is the offset in the file's text of an offset in the plain text.
func (p *plainText) origin(offset int) int {
	best := piece{}
	for i, c := range p.pieces {
		if c.to > offset {
			break
		}
		best = c
		if i+1 < len(p.pieces) { // inside a literal that became longer: its beginning
			next := p.pieces[i+1]
			if over := best.from + offset - best.to; over >= next.from && offset < next.to {
				return best.from
			}
		}
	}
	return best.from + offset - best.to
}

// literals replaces the literals. Offsets count characters. The error has the
// offset at which the bad literal begins.
func literals(text string) (*plainText, int, error) {
	in := []rune(text)
	var out []rune
	p := &plainText{given: map[int]given{}}
	for i := 0; i < len(in); {
		start := i
		switch r := in[i]; {
		case r == '"' || r == '\'' || r == '`':
			for i++; i < len(in) && in[i] != r; i++ {
			}
			i = min(i+1, len(in))
		case unicode.IsLetter(r) || r == '_':
			for i < len(in) && (unicode.IsLetter(in[i]) || unicode.IsDigit(in[i]) || in[i] == '_') {
				i++
			}
		case r >= '0' && r <= '9':
			for i < len(in) && (unicode.IsLetter(in[i]) || unicode.IsDigit(in[i]) || in[i] == '.' && !strings.HasPrefix(string(in[i:]), "..")) {
				i++
			}
			percent := i < len(in) && in[i] == '%'
			number, unit, err := literal(string(in[start:i]), percent)
			if err != nil {
				return nil, start, err
			}
			if percent {
				i++
			}
			p.given[len(out)] = given{string(in[start:i]), unit}
			p.pieces = append(p.pieces, piece{len(out), start})
			out = append(out, []rune(number)...)
			p.pieces = append(p.pieces, piece{len(out), i})
			continue
		default:
			i++
		}
		out = append(out, in[start:i]...)
	}
	p.text = string(out)
	return p, 0, nil
}

// literal is the number that a literal stands for, in the unit that figures have.
func literal(text string, percentage bool) (number string, u unit, err error) {
	if f, err := units.ParseNumber(text); err == nil {
		if percentage {
			return strconv.FormatFloat(f/100, 'f', -1, 64), percent, nil
		}
		return strconv.FormatFloat(f, 'f', -1, 64), plain, nil
	}
	if strings.Trim(text, "0123456789.") == "" {
		return "", plain, spelling.Refuse("%q is no plain number", text)
	}
	d, err := units.ParseDuration(text)
	if err != nil {
		return "", millis, err
	}
	return strconv.FormatFloat(float64(d)/1e6, 'f', -1, 64), millis, nil
}
