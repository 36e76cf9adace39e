package lease

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/aws/smithy-go"
	"github.com/google/go-cmp/cmp"
)

// answers is a DynamoDB that fails, or answers a query page by page.
type answers struct {
	err   error
	pages [][]map[string]types.AttributeValue
}

func (a *answers) PutItem(context.Context, *dynamodb.PutItemInput, ...func(*dynamodb.Options)) (*dynamodb.PutItemOutput, error) {
	return nil, a.err
}

func (a *answers) DeleteItem(context.Context, *dynamodb.DeleteItemInput, ...func(*dynamodb.Options)) (*dynamodb.DeleteItemOutput, error) {
	return nil, a.err
}

func (a *answers) Query(_ context.Context, in *dynamodb.QueryInput, _ ...func(*dynamodb.Options)) (*dynamodb.QueryOutput, error) {
	if len(a.pages) == 0 {
		return nil, a.err
	}
	if in.ConsistentRead == nil || !*in.ConsistentRead {
		return nil, errors.New("an eventually consistent read may show a lease that was renewed since")
	}
	out := &dynamodb.QueryOutput{Items: a.pages[0]}
	if a.pages = a.pages[1:]; len(a.pages) > 0 {
		out.LastEvaluatedKey = map[string]types.AttributeValue{attrKey: text("x")}
	}
	return out, nil
}

func TestListReadsEveryPage(t *testing.T) {
	table := &Table{Name: "t", Fleet: "f"}
	a, b := Record{Key: "shard/a", Owner: "m", Version: "1", Duration: time.Second, Written: time.Unix(1, 0).UTC()}, Record{Key: "shard/b", Owner: "m", Version: "2", Duration: time.Minute, Fence: 3, Released: true, Written: time.Unix(2, 0).UTC()}
	table.Client = &answers{pages: [][]map[string]types.AttributeValue{{table.encode(a)}, {}, {table.encode(b)}}}
	got, err := table.List(t.Context())
	if diff := cmp.Diff([]Record{a, b}, got); diff != "" || err != nil {
		t.Errorf("%v\n%s", err, diff)
	}
}

func TestWhatAWSSays(t *testing.T) {
	for code, want := range map[string]string{
		"ResourceNotFoundException":              "make it: aws dynamodb create-table --table-name t ",
		"ValidationException":                    "its keys have to be",
		"AccessDeniedException":                  "allow dynamodb:Query",
		"ProvisionedThroughputExceededException": "write the members' table t",
	} {
		table := &Table{Client: &answers{err: &smithy.GenericAPIError{Code: code, Message: "m"}}, Name: "t"}
		err := table.Put(t.Context(), Record{}, "")
		var setup *SetupError
		if !strings.Contains(err.Error(), want) || errors.As(err, &setup) == strings.HasPrefix(want, "write") {
			t.Errorf("%s: %v", code, err)
		}
	}
}

// TestAnItemThatIsNoLease stops a member rather than be misread.
func TestAnItemThatIsNoLease(t *testing.T) {
	table := &Table{Fleet: "f"}
	whole := Record{Key: "shard/a", Owner: "m", Version: "1", Duration: time.Second}
	for _, name := range []string{attrKey, attrOwner, attrVersion, attrDuration, attrFence, attrWritten} {
		item := table.encode(whole)
		delete(item, name)
		if r, err := decode(item); err == nil {
			t.Errorf("without %s: %+v", name, r)
		}
	}
}

func TestParseTable(t *testing.T) {
	for address, want := range map[string]string{"dynamodb:t": "t", "dynamodb:arn:aws:dynamodb:us-west-2:012345678901:table/t": "arn:aws:dynamodb:us-west-2:012345678901:table/t", "dynamodb:": "", "t": "", "": ""} {
		if got, err := ParseTable(address); got != want || (err != nil) != (want == "") {
			t.Errorf("%q: %q, %v", address, got, err)
		}
	}
}

func FuzzDecode(f *testing.F) {
	f.Add("shard/a", "m", "v", "1000", "1", "1", "2026-01-02T03:04:05Z")
	f.Add("member/a", "m", "v", "-1", "", "x", "")
	f.Fuzz(func(t *testing.T, key, owner, version, duration, released, fence, written string) {
		item := map[string]types.AttributeValue{attrKey: text(key), attrOwner: text(owner), attrVersion: text(version), attrDuration: text(duration),
			attrFence: &types.AttributeValueMemberN{Value: fence}, attrWritten: text(written)}
		if released != "" {
			item[attrReleased] = text(released)
		}
		r, err := decode(item)
		if err != nil || r.Written.Year() > 9999 || r.Written.Year() < 0 { // another zone's last hours, which no clock shows
			return
		}
		again, err := decode((&Table{}).encode(r))
		if err != nil || !again.Written.Equal(r.Written) {
			t.Fatalf("%+v: %v", r, err)
		}
		again.Written = r.Written
		if again != r || r.Duration <= 0 {
			t.Errorf("%+v became %+v", r, again)
		}
	})
}
