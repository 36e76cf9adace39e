package policydoc

// Size is the number of characters that IAM counts against its quotas: white
// space between the elements of the document is free. A text that is no JSON
// counts whole.
func Size(text string) int {
	root, err := Parse(text)
	if err != nil {
		return len([]rune(text))
	}
	return len([]rune(root.JSON()))
}
