package ansiblevault

import (
	"bytes"
	"encoding/binary"
)

// A byte of ciphertext is two hexadecimal digits in lower case, and the code of
// each of these is two digits more. All four are written, and read, in one
// step, a line at a time, or they would cost many times more than the
// cryptography.
const (
	perByte = 4
	perLine = lineWidth / perByte // bytes
)

const digits = "0123456789abcdef"

// appendTwice appends the digits of the digits of text to out, which has room
// for them, with a line break wherever a line is full; column is how many
// digits the last line has, a multiple of four.
func appendTwice(out, text []byte, column int) []byte {
	encode := newEncoder()
	for len(text) > 0 {
		if column == lineWidth {
			out = append(out, '\n')
			column = 0
		}
		n := min(len(text), (lineWidth-column)/perByte)
		if end := len(out) + lineWidth; n == perLine {
			out = out[:end]
			encode.line((*[lineWidth]byte)(out[end-lineWidth:]), (*[perLine]byte)(text))
		} else {
			out = encode.part(out, text[:n])
		}
		text, column = text[n:], column+n*perByte
	}
	return out
}

// encoder is the four digits of each byte, the first one lowest.
type encoder [1 << 8]uint32

func newEncoder() *encoder {
	var e encoder
	for b := range e {
		high, low := digits[b>>4], digits[b&15]
		e[b] = binary.LittleEndian.Uint32([]byte{digits[high>>4], digits[high&15], digits[low>>4], digits[low&15]})
	}
	return &e
}

func (e *encoder) line(line *[lineWidth]byte, text *[perLine]byte) {
	for i, b := range text {
		binary.LittleEndian.PutUint32(line[perByte*i:], e[b])
	}
}

// part appends the digits of less than a line.
func (e *encoder) part(out, text []byte) []byte {
	for _, b := range text {
		out = binary.LittleEndian.AppendUint32(out, e[b])
	}
	return out
}

// decodeTwice is what lines stand for that are as appendTwice writes them: of
// four digits a byte, and no longer than a full one. ok is false for all others,
// also for those that could be read in another way.
func decodeTwice(lines []byte) (text []byte, ok bool) {
	decode := newDecoder()
	text = make([]byte, 0, len(lines)/perByte+perLine)
	for len(lines) > 0 {
		line := firstLine(lines)
		n := len(text) + len(line)/perByte
		if len(line)%perByte != 0 || !decode.line((*[perLine]byte)(text[len(text):len(text)+perLine]), padded(line)) {
			return nil, false
		}
		text, lines = text[:n], lines[len(line):]
		if len(lines) > 0 && lines[0] != '\n' {
			return nil, false
		}
		lines = lines[min(len(lines), 1):]
	}
	return text, true
}

// firstLine is no longer than a full line. Where a full one ends, what is before
// is not searched for another end, which would not be decoded.
func firstLine(lines []byte) []byte {
	if len(lines) > lineWidth && lines[lineWidth] == '\n' {
		return lines[:lineWidth]
	}
	line, _, _ := bytes.Cut(lines[:min(len(lines), lineWidth)], []byte("\n"))
	return line
}

// padded is a full line itself, or a shorter one with the digits of zeros after it.
func padded(line []byte) *[lineWidth]byte {
	if len(line) == lineWidth {
		return (*[lineWidth]byte)(line)
	}
	var full [lineWidth]byte
	for n := copy(full[:], line); n < lineWidth; {
		n += copy(full[n:], "30")
	}
	return &full
}

// decoder is what two digits add to a byte, by both as a little-endian word: as
// the first two of its four or as the last two. Both marks are set where the
// four digits are those of a byte.
type decoder struct {
	high, low [1 << 16]uint16
}

const (
	highMark = 1 << 8
	lowMark  = 1 << 9
)

func newDecoder() *decoder {
	d := &decoder{}
	for value, code := range []byte(digits) {
		pair := uint16(digits[code>>4]) | uint16(digits[code&15])<<8
		d.high[pair] = highMark | uint16(value)<<4
		d.low[pair] = lowMark | uint16(value)
	}
	return d
}

// line tells whether all of a line are digits of bytes, after it has decoded them.
func (d *decoder) line(text *[perLine]byte, line *[lineWidth]byte) bool {
	marks := uint16(highMark | lowMark)
	for i := range text {
		four := binary.LittleEndian.Uint32(line[perByte*i:])
		b := d.high[uint16(four)] | d.low[four>>16]
		marks &= b
		text[i] = byte(b)
	}
	return marks == highMark|lowMark
}
