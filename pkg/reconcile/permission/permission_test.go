package permission_test

import (
	"encoding/json"
	"flag"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"ecs-reconciler/pkg/reconcile/permission"
	"ecs-reconciler/pkg/spec"
)

var update = flag.Bool("update", false, "rewrite the golden files")

func deployment() *spec.Deployment {
	key := func(id string) *string { return &id }
	return &spec.Deployment{Project: "shop", Environment: "staging", AccountID: "012345678901", Partition: "aws-cn", Region: "cn-north-1",
		Secrets: []spec.ManagedSecret{
			{Name: "shop/a.env", KMSKeyID: key("arn:aws-cn:kms:cn-north-1:012345678901:key/1111")},
			{Name: "shop/b.env", KMSKeyID: key("2222")},
			{Name: "shop/c.env", KMSKeyID: key("alias/shop")},
			{Name: "shop/d.env", KMSKeyID: key("arn:aws-cn:kms:cn-north-1:012345678901:alias/shop")},
			{Name: "shop/e.env"},
			{Name: "shop/f.env", ResourcePolicy: new(spec.Document), Replicas: []spec.Replica{{Region: "cn-northwest-1", KMSKeyID: key("3333")}}},
			{Name: "shop/g.env", Replicas: []spec.Replica{{Region: "cn-northwest-1", KMSKeyID: key("alias/there")}}},
		},
		Parameters: []spec.ManagedParameter{
			{Name: "/shop/flag", Type: spec.ParameterString},
			{Name: "token", Type: spec.ParameterSecure, KMSKeyID: key("4444")},
			{Name: "/shop/other", Type: spec.ParameterSecure, KMSKeyID: key("alias/parameters")},
		},
		Roles: []spec.ManagedRole{{ARN: "arn:aws-cn:iam::012345678901:role/shop/web", Name: "web"}},
		Tasks: []spec.Task{
			{Name: "web", RoleARN: "arn:aws-cn:iam::012345678901:role/shop/web",
				TaskDefinition: spec.Document{"family": "shop_web", "executionRoleArn": "executor"}},
			{Name: "again", OnSecretChange: spec.SecretChangeRedeploy, Service: spec.Document{"cluster": "arn:aws-cn:ecs:cn-north-1:012345678901:cluster/shop"},
				TaskDefinition: spec.Document{"family": "shop_again", "taskRoleArn": "arn:aws-cn:iam::012345678901:role/shop/web"}},
			{Name: "without", RoleARN: "arn:aws-cn:iam::012345678901:role/not-passed"},
		}}
}

func TestGoldenPolicies(t *testing.T) {
	for _, use := range []permission.Use{permission.Plan, permission.Apply} {
		got, err := json.MarshalIndent(permission.For(deployment(), use), "", "  ")
		if err != nil {
			t.Fatal(err)
		}
		file := filepath.Join("testdata", string(use)+".json")
		if *update {
			if err := os.WriteFile(file, append(got, '\n'), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(string(want), string(got)+"\n"); diff != "" {
			t.Errorf("%s (-want +got):\n%s", file, diff)
		}
	}
}

func TestADaemonNeedsWhatApplyNeeds(t *testing.T) {
	if diff := cmp.Diff(permission.For(deployment(), permission.Apply), permission.For(deployment(), permission.Daemon)); diff != "" {
		t.Error(diff)
	}
}

func TestNoStatementIsOfNothing(t *testing.T) {
	d := &spec.Deployment{Project: "p", Environment: "e", AccountID: "012345678901", Partition: "aws", Region: "us-west-2"}
	for _, s := range permission.For(d, permission.Apply).Statement {
		if len(s.Resource) == 0 || len(s.Action) == 0 {
			t.Errorf("%s allows %v on %v", s.Sid, s.Action, s.Resource)
		}
	}
}

// What stands for everything only reads, is bound to our tag, or has nothing
// narrower in AWS.
func TestWritesAreNarrow(t *testing.T) {
	for _, s := range permission.For(deployment(), permission.Apply).Statement {
		wide := slices.ContainsFunc(s.Resource, func(r string) bool { return r == "*" || strings.HasSuffix(r, "/*") || strings.HasSuffix(r, "secret:*") })
		for _, action := range s.Action {
			if wide && !isRead(action) && s.Condition == nil && action != "ecs:DeregisterTaskDefinition" && action != "ecs:UpdateService" {
				t.Errorf("%s allows %s on everything", s.Sid, action)
			}
			if wide && action == "secretsmanager:GetSecretValue" {
				t.Errorf("%s shows the value of every secret", s.Sid)
			}
		}
	}
}

func TestAPlanMayNotWrite(t *testing.T) {
	for action := range actions(permission.Plan) {
		if !isRead(action) && action != "kms:Decrypt" {
			t.Errorf("the policy of a plan allows %s", action)
		}
	}
}

// The kinds' own source says what they send.
func TestWhatKindsSendIsAllowedAndNothingElse(t *testing.T) {
	sent, plan, apply := sentByKinds(t), actions(permission.Plan), actions(permission.Apply)
	if len(sent) < 25 {
		t.Fatalf("only %d operations were found in the kinds: %v", len(sent), slices.Sorted(maps.Keys(sent)))
	}
	for action, where := range sent {
		if !apply[action] {
			t.Errorf("%s is sent at %s, and the policy of apply does not allow it", action, where)
		}
		if isRead(action) && !plan[action] {
			t.Errorf("%s is read at %s, and the policy of a plan does not allow it", action, where)
		}
	}
	// BatchGetSecretValue is also authorized as GetSecretValue, and a
	// registration as the passing of its roles (AWS, API reference).
	implied := map[string]bool{"secretsmanager:GetSecretValue": true, "iam:PassRole": true, "kms:Decrypt": true, "kms:Encrypt": true, "kms:GenerateDataKey": true}
	for action := range apply {
		if _, ok := sent[action]; !ok && !implied[action] {
			t.Errorf("%s is allowed, and no kind sends it", action)
		}
	}
}

func actions(use permission.Use) map[string]bool {
	out := map[string]bool{}
	for _, s := range permission.For(deployment(), use).Statement {
		for _, action := range s.Action {
			out[action] = true
		}
	}
	return out
}

func isRead(action string) bool {
	_, op, _ := strings.Cut(action, ":")
	return slices.ContainsFunc([]string{"Get", "List", "Describe", "BatchGet"}, func(p string) bool { return strings.HasPrefix(op, p) })
}

// sentByKinds finds every operation whose input or paginator a kind names, and
// where.
func sentByKinds(t *testing.T) map[string]string {
	t.Helper()
	sent, files := map[string]string{}, token.NewFileSet()
	err := filepath.WalkDir(filepath.Join("..", "kind"), func(path string, _ fs.DirEntry, err error) error {
		if err != nil || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return err
		}
		file, err := parser.ParseFile(files, path, nil, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		services := servicesOf(file)
		ast.Inspect(file, func(n ast.Node) bool {
			if sel, ok := n.(*ast.SelectorExpr); ok {
				if pkg, ok := sel.X.(*ast.Ident); ok && services[pkg.Name] != "" {
					if op := operationOf(sel.Sel.Name); op != "" {
						sent[services[pkg.Name]+":"+op] = files.Position(sel.Pos()).String()
					}
				}
			}
			return true
		})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return sent
}

// servicesOf are the SDK's service packages that a file imports, by their name
// in it, as IAM calls the services.
func servicesOf(file *ast.File) map[string]string {
	out := map[string]string{}
	for _, imported := range file.Imports {
		path, err := strconv.Unquote(imported.Path.Value)
		if err != nil {
			continue
		}
		service, ok := strings.CutPrefix(path, "github.com/aws/aws-sdk-go-v2/service/")
		if !ok || strings.Contains(service, "/") {
			continue
		}
		name := service
		if imported.Name != nil {
			name = imported.Name.Name
		}
		switch service {
		case "resourcegroupstaggingapi":
			service = "tag"
		case "eventbridge":
			service = "events"
		}
		out[name] = service
	}
	return out
}

// operationOf is the operation behind XInput and NewXPaginator; "" for others.
func operationOf(name string) string {
	if op, ok := strings.CutSuffix(name, "Input"); ok {
		return op
	}
	if op, ok := strings.CutSuffix(name, "Paginator"); ok {
		return strings.TrimPrefix(op, "New")
	}
	return ""
}
