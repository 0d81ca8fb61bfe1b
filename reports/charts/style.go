package charts

import (
	"image/color"
	"strings"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/font"
	"gonum.org/v1/plot/text"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"github.com/herdlab/herdlab/internal/humanize"
	"github.com/herdlab/herdlab/internal/view"
)

// The colours of everything but the data, as 0xRRGGBB: greys, so that colour means a
// strategy or a cause, and one orange that means a fault.
const (
	inkTitle  = 0x1F2328
	inkText   = 0x59636E
	inkAxis   = 0xC8CCD2
	inkGrid   = 0xEAECEF
	inkFault  = 0xB35900
	inkFaint  = 0x8C959F
	inkWarmUp = 0xF3F4F6
)

// causeInk colours the causes of failures, apart from the strategies' colours
// in hue or by being paler. A cause that is not named is grey.
var causeInk = map[string]view.Color{
	"cold_failure": 0x6FA8DC, "origin_failure": 0xE06666, "cache_error": 0xB08BD0, "timeout": 0xF0A33F, "rejected": 0x5F6B7A, "logged_out": 0xC2185B,
	"not_allowed": 0x8C6D46,
}

// causeColor tells causes of failures apart.
func causeColor(cause string) color.Color {
	if rgb, ok := causeInk[cause]; ok {
		return ink(rgb)
	}
	return ink(inkFaint)
}

// ink is an opaque colour from 0xRRGGBB.
func ink(rgb view.Color) color.NRGBA {
	return color.NRGBA{R: uint8(rgb >> 16), G: uint8(rgb >> 8), B: uint8(rgb), A: 255}
}

// translucent is c at an opacity from 0 to 1.
func translucent(c color.NRGBA, opacity float64) color.Color {
	c.A = uint8(255*opacity + 0.5)
	return c
}

// paler mixes c with white, opaque: a share of 0 is c and of 1 is white.
func paler(c color.NRGBA, share float64) color.Color {
	mix := func(v uint8) uint8 { return uint8(float64(v)*(1-share) + 255*share + 0.5) }
	return color.NRGBA{R: mix(c.R), G: mix(c.G), B: mix(c.B), A: 255}
}

// textStyle is a style of text in Liberation Sans, size in points.
func textStyle(size float64, rgb view.Color) text.Style {
	return text.Style{
		Color:   ink(rgb),
		Font:    font.Font{Typeface: "Liberation", Variant: "Sans", Size: vg.Points(size)},
		Handler: plot.DefaultTextHandler,
	}
}

// boldTextStyle is textStyle in bold, for titles.
func boldTextStyle(size float64, rgb view.Color) text.Style {
	s := textStyle(size, rgb)
	s.Font.Weight = 3 // WeightBold of golang.org/x/image/font
	return s
}

// lineStyle is a style of line, width in points.
func lineStyle(c color.Color, width float64) draw.LineStyle {
	return draw.LineStyle{Color: c, Width: vg.Points(width)}
}

// writeText sets one line of text with its baseline at y, and returns its width.
func writeText(c draw.Canvas, s text.Style, x, y vg.Length, txt string) vg.Length {
	txt = printableText(txt)
	c.SetColor(s.Color)
	face := s.Handler.Cache().Lookup(s.Font, s.Font.Size)
	width := face.Width(txt)
	c.FillString(face, vg.Point{X: x + vg.Length(s.XAlign)*width, Y: y}, txt)
	return width
}

// printableText makes text safe for every canvas: one line, valid and printable.
func printableText(s string) string {
	return strings.Map(humanize.Printable, strings.ToValidUTF8(strings.Join(strings.Fields(s), " "), "?"))
}

// shortenText cuts the text to a width and ends it with an ellipsis if it must.
func shortenText(s text.Style, txt string, width vg.Length) string {
	txt = printableText(txt)
	if s.Width(txt) <= width {
		return txt
	}
	runes := []rune(txt) // a cut through a letter of several bytes would be no text
	for len(runes) > 1 && s.Width(string(runes)+"…") > width {
		runes = runes[:len(runes)-1]
	}
	return strings.TrimRight(string(runes), " ,;:") + "…"
}

// wrapText breaks the text into lines of a width, at most so many; the last one is
// shortened.
func wrapText(s text.Style, txt string, width vg.Length, most int) (lines []string) {
	current := ""
	words := strings.Fields(printableText(txt))
	for i, word := range words {
		next := strings.TrimSpace(current + " " + word)
		if current == "" || s.Width(next) <= width {
			current = next
			continue
		}
		if len(lines) == most-1 {
			return append(lines, shortenText(s, current+" "+strings.Join(words[i:], " "), width))
		}
		lines = append(lines, shortenText(s, current, width))
		current = word
	}
	if current == "" {
		return lines
	}
	return append(lines, shortenText(s, current, width))
}
