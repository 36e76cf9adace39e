package ecs

import (
	"fmt"
	"slices"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"
)

// listAll follows the tokens of ListTaskDefinitions and counts the pages.
func listAll(t *testing.T, b *Backend, in ecs.ListTaskDefinitionsInput) (arns []string, pages int) {
	t.Helper()
	for {
		out, err := b.ListTaskDefinitions(&in)
		if err != nil {
			t.Fatal(err)
		}
		arns, pages = append(arns, out.TaskDefinitionArns...), pages+1
		if out.NextToken == nil {
			return arns, pages
		}
		in.NextToken = out.NextToken
	}
}

func TestListSortsByNumber(t *testing.T) {
	b := newBackend()
	registerMany(t, b, "web", 11)
	registerMany(t, b, "web-2", 1)
	registerMany(t, b, "api", 2)
	var want []string
	for i := 1; i <= 2; i++ {
		want = append(want, definitionARN("api", i))
	}
	for i := 1; i <= 11; i++ {
		want = append(want, definitionARN("web", i))
	}
	want = append(want, definitionARN("web-2", 1))
	for _, size := range []int32{1, 3, 14, 100} {
		got, pages := listAll(t, b, ecs.ListTaskDefinitionsInput{MaxResults: new(size)})
		if !slices.Equal(got, want) {
			t.Errorf("pages of %d list %v, want %v", size, got, want)
		}
		if limit := (len(want) + int(size) - 1) / int(size); pages != limit {
			t.Errorf("pages of %d came as %d, want %d", size, pages, limit)
		}
	}
	slices.Reverse(want)
	if got, _ := listAll(t, b, ecs.ListTaskDefinitionsInput{Sort: types.SortOrderDesc, MaxResults: new(int32(4))}); !slices.Equal(got, want) {
		t.Errorf("DESC lists %v, want %v", got, want)
	}
}

// TestFamilyPrefixIsTheFullName sees that web does not list web-2.
func TestFamilyPrefixIsTheFullName(t *testing.T) {
	b := newBackend()
	registerMany(t, b, "web", 1)
	registerMany(t, b, "web-2", 1)
	for prefix, want := range map[string][]string{"web": {definitionARN("web", 1)}, "we": nil, "": {definitionARN("web", 1), definitionARN("web-2", 1)}} {
		got, _ := listAll(t, b, ecs.ListTaskDefinitionsInput{FamilyPrefix: new(prefix)})
		if !slices.Equal(got, want) {
			t.Errorf("prefix %q lists %v, want %v", prefix, got, want)
		}
	}
}

func TestListByStatus(t *testing.T) {
	b := newBackend()
	registerMany(t, b, "web", 3)
	retire(t, b, "web:1")
	retire(t, b, "web:2")
	remove(t, b, "web:1")
	for status, want := range map[types.TaskDefinitionStatus][]string{
		"":                                 {definitionARN("web", 3)},
		types.TaskDefinitionStatusActive:   {definitionARN("web", 3)},
		types.TaskDefinitionStatusInactive: {definitionARN("web", 2)},
		types.TaskDefinitionStatusDeleteInProgress: {definitionARN("web", 1)},
	} {
		if got, _ := listAll(t, b, ecs.ListTaskDefinitionsInput{Status: status}); !slices.Equal(got, want) {
			t.Errorf("status %q lists %v, want %v", status, got, want)
		}
	}
}

// TestPagesSurviveChanges registers and retires between two pages.
func TestPagesSurviveChanges(t *testing.T) {
	b := newBackend()
	registerMany(t, b, "b", 4)
	first, err := b.ListTaskDefinitions(&ecs.ListTaskDefinitionsInput{MaxResults: new(int32(2))})
	if err != nil {
		t.Fatal(err)
	}
	retire(t, b, "b:2")
	registerMany(t, b, "a", 1)
	second, err := b.ListTaskDefinitions(&ecs.ListTaskDefinitionsInput{NextToken: first.NextToken})
	if err != nil {
		t.Fatal(err)
	}
	if want := []string{definitionARN("b", 3), definitionARN("b", 4)}; !slices.Equal(second.TaskDefinitionArns, want) {
		t.Errorf("the second page is %v, want %v", second.TaskDefinitionArns, want)
	}
}

func TestPageDefaults(t *testing.T) {
	b := newBackend()
	registerMany(t, b, "web", 101)
	out, err := b.ListTaskDefinitions(&ecs.ListTaskDefinitionsInput{})
	if err != nil || len(out.TaskDefinitionArns) != 100 || out.NextToken == nil {
		t.Errorf("got %d results, token %v, error %v", len(out.TaskDefinitionArns), out.NextToken, err)
	}
}

func TestListRefuses(t *testing.T) {
	b := newBackend()
	for _, size := range []int32{0, 101} {
		_, err := b.ListTaskDefinitions(&ecs.ListTaskDefinitionsInput{MaxResults: new(size)})
		wantError(t, err, invalid, fmt.Sprintf("maxResults must be between 1 and 100, not %d.", size))
	}
	for _, token := range []string{"", "!"} {
		_, err := b.ListTaskDefinitionFamilies(&ecs.ListTaskDefinitionFamiliesInput{NextToken: new(token)})
		wantError(t, err, invalid, "Invalid token")
	}
	_, err := b.ListTaskDefinitions(&ecs.ListTaskDefinitionsInput{Sort: "UP"})
	wantError(t, err, invalid, "Invalid value 'UP' for sort.")
	_, err = b.ListTaskDefinitions(&ecs.ListTaskDefinitionsInput{Status: "GONE"})
	wantError(t, err, invalid, "Invalid value 'GONE' for status.")
	_, err = b.ListTaskDefinitionFamilies(&ecs.ListTaskDefinitionFamiliesInput{Status: "GONE"})
	wantError(t, err, invalid, "Invalid value 'GONE' for status.")
}

func TestListFamilies(t *testing.T) {
	b := newBackend()
	for _, family := range []string{"web", "web-2", "api"} {
		registerMany(t, b, family, 2)
	}
	retire(t, b, "web-2:1")
	retire(t, b, "web-2:2")
	retire(t, b, "web:2")
	for _, c := range []struct {
		prefix string
		status types.TaskDefinitionFamilyStatus
		want   []string
	}{
		{"", "", []string{"api", "web", "web-2"}},
		{"", types.TaskDefinitionFamilyStatusAll, []string{"api", "web", "web-2"}},
		{"", types.TaskDefinitionFamilyStatusActive, []string{"api", "web"}},
		{"", types.TaskDefinitionFamilyStatusInactive, []string{"web-2"}},
		{"we", "", []string{"web", "web-2"}},
		{"x", "", []string{}},
	} {
		var got []string
		in := ecs.ListTaskDefinitionFamiliesInput{FamilyPrefix: new(c.prefix), Status: c.status, MaxResults: new(int32(1))}
		for more := true; more; more = in.NextToken != nil {
			out, err := b.ListTaskDefinitionFamilies(&in)
			if err != nil {
				t.Fatal(err)
			}
			got, in.NextToken = append(got, out.Families...), out.NextToken
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("prefix %q, status %q: got %v, want %v", c.prefix, c.status, got, c.want)
		}
	}
}

func FuzzPageToken(f *testing.F) {
	for _, seed := range []string{"", "!", "YQ", "Og", "YXJuOg"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, token string) {
		items := []string{definitionARN("a", 1), definitionARN("a", 2)}
		shown, next, err := page(items, byFamilyAndNumber, nil, maxPage, &token)
		if err == nil && (len(shown) > len(items) || next != nil) {
			t.Errorf("token %q shows %v, then %v", token, shown, next)
		}
	})
}

// TestTokensAreSealed changes a token's place without its checksum.
func TestTokensAreSealed(t *testing.T) {
	b := newBackend()
	registerMany(t, b, "web", 3)
	page, err := b.ListTaskDefinitions(&ecs.ListTaskDefinitionsInput{MaxResults: new(int32(1))})
	if err != nil {
		t.Fatal(err)
	}
	forged := []byte(*page.NextToken)
	forged[len(forged)-2]++
	_, err = b.ListTaskDefinitions(&ecs.ListTaskDefinitionsInput{NextToken: new(string(forged))})
	wantError(t, err, invalid, "Invalid token")
}
