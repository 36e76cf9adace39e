package ansiblevault

const digits = "0123456789abcdef"

// appendTwice appends the digits of the digits of text to out, which has room
// for them, with a line break wherever a line is full; column is how many
// digits the last line has, a multiple of four. A table of what each byte
// becomes keeps that from costing many times more than the cryptography.
func appendTwice(out, text []byte, column int) []byte {
	var four [256][4]byte
	for b := range four {
		high, low := digits[b>>4], digits[b&15]
		four[b] = [4]byte{digits[high>>4], digits[high&15], digits[low>>4], digits[low&15]}
	}
	for _, b := range text {
		if column == lineWidth {
			out = append(out, '\n')
			column = 0
		}
		out = append(out, four[b][:]...)
		column += len(four[b])
	}
	return out
}
