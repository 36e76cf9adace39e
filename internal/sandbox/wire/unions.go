package wire

import (
	"reflect"
	"strings"

	ecs "github.com/aws/aws-sdk-go-v2/service/ecs/types"
	iam "github.com/aws/aws-sdk-go-v2/service/iam/types"

	"ecs-reconciler/internal/sandbox/model"
)

// Unions are the SDK's types for the variants of unions, which reflection
// cannot find from the union's interface.
func Unions() []reflect.Type {
	return []reflect.Type{
		reflect.TypeFor[ecs.GatewayConnectionResourcesMemberHostSharedAlb](),
		reflect.TypeFor[ecs.ServiceConnectContainerConfigurationMemberLogLevel](),
		reflect.TypeFor[ecs.SharingStrategyMemberNvidiaMps](),
		reflect.TypeFor[iam.PolicyIdentifierMemberInlinePolicyIdentifier](),
		reflect.TypeFor[iam.PolicyIdentifierMemberPolicyArn](),
		reflect.TypeFor[iam.PolicyIdentifierMemberPolicyType](),
	}
}

// variantType is the SDK's type for a union's member, such as
// SharingStrategyMemberNvidiaMps for SharingStrategy and nvidiaMps.
func variantType(union reflect.Type, member string) (reflect.Type, bool) {
	for _, t := range Unions() {
		if reflect.PointerTo(t).Implements(union) && strings.HasSuffix(t.Name(), "Member"+goName(member)) {
			return t, true
		}
	}
	return nil, false
}

// union reads an object of one member into the SDK's type for that member.
func (b binder) union(shape model.Shape, tree any, dst reflect.Value, path string) error {
	object, ok := tree.(map[string]any)
	if !ok || len(object) != 1 {
		return malformed(b.s, "%s must have exactly one member", path)
	}
	for name, value := range object {
		member, known := shape.Member(name)
		t, found := variantType(dst.Type(), name)
		if !known || !found {
			return malformed(b.s, "unknown member %q", join(path, name))
		}
		variant := reflect.New(t)
		dst.Set(variant)
		return b.bind(member.Shape, value, variant.Elem().FieldByName("Value"), join(path, name))
	}
	return nil
}

// variant writes the one member that a union holds.
func (w *xmlWriter) variant(shape model.Shape, v reflect.Value) error {
	held := v.Elem().Elem()
	for _, member := range shape.Members {
		if strings.HasSuffix(held.Type().Name(), "Member"+goName(member.Name)) {
			return w.element(member.Name, member.Shape, held.FieldByName("Value"))
		}
	}
	return nil
}
