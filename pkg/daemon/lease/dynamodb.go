package lease

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/aws/smithy-go"
)

// DynamoDB is what is asked of the service.
type DynamoDB interface {
	PutItem(context.Context, *dynamodb.PutItemInput, ...func(*dynamodb.Options)) (*dynamodb.PutItemOutput, error)
	DeleteItem(context.Context, *dynamodb.DeleteItemInput, ...func(*dynamodb.Options)) (*dynamodb.DeleteItemOutput, error)
	Query(context.Context, *dynamodb.QueryInput, ...func(*dynamodb.Options)) (*dynamodb.QueryOutput, error)
}

// Table is a Store in DynamoDB. Its partition key is "fleet" and its sort key
// "key", both strings; what else the items hold is called as awslabs' lock
// client calls it, except "fence" and "writtenAt". Several fleets may share a
// table. A time to live must not be set for it.
type Table struct {
	Client DynamoDB
	Name   string // or its ARN
	Fleet  string // whose items they are
}

const (
	scheme = "dynamodb:"

	attrFleet    = "fleet"
	attrKey      = "key"
	attrOwner    = "ownerName"
	attrVersion  = "recordVersionNumber"
	attrDuration = "leaseDuration" // in milliseconds
	attrReleased = "isReleased"    // there and "1", or not there
	attrFence    = "fence"
	attrWritten  = "writtenAt" // RFC 3339, by the writer's clock
)

// ParseTable is the name in dynamodb:TABLE.
func ParseTable(address string) (string, error) {
	name, ok := strings.CutPrefix(address, scheme)
	if !ok || name == "" {
		return "", fmt.Errorf("%q names no table for members: want dynamodb:TABLE", address)
	}
	return name, nil
}

// CreateTable is the command that makes a table of a name.
func CreateTable(name string) string {
	return "aws dynamodb create-table --table-name " + name + " --billing-mode PAY_PER_REQUEST" +
		" --attribute-definitions AttributeName=fleet,AttributeType=S AttributeName=key,AttributeType=S" +
		" --key-schema AttributeName=fleet,KeyType=HASH AttributeName=key,KeyType=RANGE"
}

// once sends a request one time: what failed is tried again by whoever knows
// until when that makes sense.
func once(o *dynamodb.Options) { o.Retryer = aws.NopRetryer{} }

// List reads the fleet's records.
func (t *Table) List(ctx context.Context) ([]Record, error) {
	return t.query(ctx, "#fleet = :fleet", map[string]string{"#fleet": attrFleet}, map[string]types.AttributeValue{":fleet": text(t.Fleet)})
}

func (t *Table) query(ctx context.Context, condition string, names map[string]string, values map[string]types.AttributeValue) ([]Record, error) {
	var out []Record
	pages := dynamodb.NewQueryPaginator(t.Client, &dynamodb.QueryInput{TableName: &t.Name, ConsistentRead: aws.Bool(true),
		KeyConditionExpression: &condition, ExpressionAttributeNames: names, ExpressionAttributeValues: values})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx, once)
		if err != nil {
			return nil, t.explain("read", err)
		}
		for _, item := range page.Items {
			r, err := decode(item)
			if err != nil {
				return nil, fmt.Errorf("table %s: %w", t.Name, err)
			}
			out = append(out, r)
		}
	}
	return out, nil
}

// Put writes a record over the version that was seen.
func (t *Table) Put(ctx context.Context, r Record, seen string) error {
	condition, names, values := unchanged(seen)
	_, err := t.Client.PutItem(ctx, &dynamodb.PutItemInput{TableName: &t.Name, Item: t.encode(r), ConditionExpression: &condition,
		ExpressionAttributeNames: names, ExpressionAttributeValues: values,
		ReturnValuesOnConditionCheckFailure: types.ReturnValuesOnConditionCheckFailureAllOld}, once)
	return t.refused(ctx, r.Key, err)
}

// Delete removes the record of the version that was seen.
func (t *Table) Delete(ctx context.Context, key, seen string) error {
	condition, names, values := unchanged(seen)
	_, err := t.Client.DeleteItem(ctx, &dynamodb.DeleteItemInput{TableName: &t.Name, Key: t.key(key), ConditionExpression: &condition,
		ExpressionAttributeNames: names, ExpressionAttributeValues: values,
		ReturnValuesOnConditionCheckFailure: types.ReturnValuesOnConditionCheckFailureAllOld}, once)
	return t.refused(ctx, key, err)
}

// unchanged is the condition that a record is of the version that was seen.
func unchanged(seen string) (condition string, names map[string]string, values map[string]types.AttributeValue) {
	if seen == "" {
		return "attribute_not_exists(#key)", map[string]string{"#key": attrKey}, nil
	}
	return "#version = :seen", map[string]string{"#version": attrVersion}, map[string]types.AttributeValue{":seen": text(seen)}
}

// refused tells what a condition failed at. Where the answer does not hold the
// item, it is read.
func (t *Table) refused(ctx context.Context, key string, err error) error {
	var failed *types.ConditionalCheckFailedException
	if !errors.As(err, &failed) {
		return t.explain("write", err)
	}
	if failed.Item != nil {
		now, err := decode(failed.Item)
		if err != nil {
			return fmt.Errorf("table %s: %w", t.Name, err)
		}
		return &ConflictError{Key: key, Now: &now}
	}
	found, err := t.query(ctx, "#fleet = :fleet AND #key = :key", map[string]string{"#fleet": attrFleet, "#key": attrKey},
		map[string]types.AttributeValue{":fleet": text(t.Fleet), ":key": text(key)})
	if err != nil {
		return err
	}
	if len(found) == 0 {
		return &ConflictError{Key: key}
	}
	return &ConflictError{Key: key, Now: &found[0]}
}

// explain makes of what AWS says what to do, where the table is at fault.
func (t *Table) explain(verb string, err error) error {
	if err == nil {
		return nil
	}
	var api smithy.APIError
	if errors.As(err, &api) {
		switch api.ErrorCode() {
		case "ResourceNotFoundException":
			return &SetupError{Message: "there is no table " + t.Name + " for the members", Hint: "make it: " + CreateTable(t.Name), Cause: err}
		case "ValidationException":
			return &SetupError{Message: "the table " + t.Name + " is not one for members", Hint: "its keys have to be as this makes them: " + CreateTable(t.Name), Cause: err}
		case "AccessDeniedException", "UnrecognizedClientException", "ExpiredTokenException", "InvalidSignatureException":
			return &SetupError{Message: "the table " + t.Name + " may not be used", Hint: "allow dynamodb:Query, dynamodb:PutItem and dynamodb:DeleteItem on it", Cause: err}
		}
	}
	return fmt.Errorf("%s the members' table %s: %w", verb, t.Name, err)
}

func text(s string) types.AttributeValue { return &types.AttributeValueMemberS{Value: s} }

func (t *Table) key(key string) map[string]types.AttributeValue {
	return map[string]types.AttributeValue{attrFleet: text(t.Fleet), attrKey: text(key)}
}

func (t *Table) encode(r Record) map[string]types.AttributeValue {
	item := t.key(r.Key)
	item[attrOwner] = text(r.Owner)
	item[attrVersion] = text(r.Version)
	item[attrDuration] = text(strconv.FormatInt(r.Duration.Milliseconds(), 10))
	item[attrFence] = &types.AttributeValueMemberN{Value: strconv.FormatInt(r.Fence, 10)}
	item[attrWritten] = text(r.Written.UTC().Format(time.RFC3339Nano))
	if r.Released {
		item[attrReleased] = text("1")
	}
	return item
}

// decode refuses an item that is not whole: a lease that is misread is one that
// two members hold.
func decode(item map[string]types.AttributeValue) (Record, error) {
	r := Record{Key: read(item, attrKey), Owner: read(item, attrOwner), Version: read(item, attrVersion), Released: read(item, attrReleased) == "1"}
	ms, err := strconv.ParseInt(read(item, attrDuration), 10, 64)
	if err != nil || ms <= 0 || ms > LongestLease.Milliseconds() || r.Key == "" || r.Owner == "" || r.Version == "" {
		return r, fmt.Errorf("the item %q is not a lease", r.Key)
	}
	r.Duration = time.Duration(ms) * time.Millisecond
	if r.Fence, err = strconv.ParseInt(read(item, attrFence), 10, 64); err != nil {
		return r, fmt.Errorf("the item %q has no fence: %w", r.Key, err)
	}
	written, err := time.Parse(time.RFC3339Nano, read(item, attrWritten))
	if r.Written = written.UTC(); err != nil {
		return r, fmt.Errorf("the item %q does not say when it was written: %w", r.Key, err)
	}
	return r, nil
}

// read is the text or number of an attribute, "" if it is neither.
func read(item map[string]types.AttributeValue, name string) string {
	switch v := item[name].(type) {
	case *types.AttributeValueMemberS:
		return v.Value
	case *types.AttributeValueMemberN:
		return v.Value
	default:
		return ""
	}
}
