package e2e

import (
	"errors"
	"io"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"
)

// What the manifests may say, by Kubernetes' API reference: core/v1, apps/v1 and
// networking.k8s.io/v1. Other fields are refused.
type (
	kubeManifests struct {
		Account    kubeAccount
		Deployment kubeDeployment
		Service    kubeService
		Policy     kubePolicy
	}
	kubeHead struct {
		APIVersion string `yaml:"apiVersion"`
		Kind       string
		Metadata   struct {
			Name, Namespace     string
			Labels, Annotations map[string]string
		}
	}
	kubeAccount struct {
		kubeHead  `yaml:",inline"`
		Automount *bool `yaml:"automountServiceAccountToken"`
	}
	kubeLabels struct {
		MatchLabels map[string]string `yaml:"matchLabels"`
	}
	kubeDeployment struct {
		kubeHead `yaml:",inline"`
		Spec     struct {
			Replicas int
			Selector kubeLabels
			Template struct {
				Metadata struct{ Labels map[string]string }
				Spec     kubePod
			}
		}
	}
	kubePod struct {
		ServiceAccountName string `yaml:"serviceAccountName"`
		Automount          *bool  `yaml:"automountServiceAccountToken"`
		EnableServiceLinks *bool  `yaml:"enableServiceLinks"`
		Grace              int    `yaml:"terminationGracePeriodSeconds"`
		SecurityContext    struct {
			RunAsNonRoot   bool                  `yaml:"runAsNonRoot"`
			RunAsUser      int                   `yaml:"runAsUser"`
			RunAsGroup     int                   `yaml:"runAsGroup"`
			FSGroup        int                   `yaml:"fsGroup"`
			SeccompProfile struct{ Type string } `yaml:"seccompProfile"`
		} `yaml:"securityContext"`
		Spread []struct {
			MaxSkew           int        `yaml:"maxSkew"`
			TopologyKey       string     `yaml:"topologyKey"`
			WhenUnsatisfiable string     `yaml:"whenUnsatisfiable"`
			LabelSelector     kubeLabels `yaml:"labelSelector"`
		} `yaml:"topologySpreadConstraints"`
		Containers []kubeContainer
		Volumes    []struct {
			Name   string
			Secret struct {
				SecretName  string `yaml:"secretName"`
				DefaultMode int    `yaml:"defaultMode"`
				Items       []struct{ Key, Path string }
			}
			EmptyDir struct {
				SizeLimit string `yaml:"sizeLimit"`
			} `yaml:"emptyDir"`
		}
	}
	kubeContainer struct {
		Name, Image string
		Args        []string
		Env         []struct {
			Name, Value string
			ValueFrom   struct {
				SecretKeyRef struct{ Name, Key string } `yaml:"secretKeyRef"`
			} `yaml:"valueFrom"`
		}
		Ports []struct {
			Name          string
			ContainerPort int `yaml:"containerPort"`
		}
		LivenessProbe   kubeProbe `yaml:"livenessProbe"`
		ReadinessProbe  kubeProbe `yaml:"readinessProbe"`
		Resources       struct{ Requests, Limits kubeResources }
		SecurityContext struct {
			AllowPrivilegeEscalation *bool `yaml:"allowPrivilegeEscalation"`
			ReadOnlyRootFilesystem   bool  `yaml:"readOnlyRootFilesystem"`
			Capabilities             struct{ Drop []string }
		} `yaml:"securityContext"`
		VolumeMounts []struct {
			Name      string
			MountPath string `yaml:"mountPath"`
			ReadOnly  bool   `yaml:"readOnly"`
		} `yaml:"volumeMounts"`
	}
	kubeResources struct{ CPU, Memory string }
	kubeProbe     struct {
		HTTPGet struct{ Path, Port string } `yaml:"httpGet"`
		Period  int                         `yaml:"periodSeconds"`
		Timeout int                         `yaml:"timeoutSeconds"`
	}
	kubeService struct {
		kubeHead `yaml:",inline"`
		Spec     struct {
			Selector map[string]string
			Ports    []struct {
				Name       string
				Port       int
				TargetPort string `yaml:"targetPort"`
			}
		}
	}
	kubePolicy struct {
		kubeHead `yaml:",inline"`
		Spec     struct {
			PodSelector kubeLabels `yaml:"podSelector"`
			PolicyTypes []string   `yaml:"policyTypes"`
			Ingress     []struct {
				From  []kubePeer
				Ports []kubePort
			}
			Egress []struct {
				To    []kubePeer
				Ports []kubePort
			}
		}
	}
	kubePeer struct {
		NamespaceSelector kubeLabels `yaml:"namespaceSelector"`
		IPBlock           struct {
			CIDR   string
			Except []string
		} `yaml:"ipBlock"`
	}
	kubePort struct{ Protocol, Port string }
)

// manifests are those of deploy/kubernetes.yaml, one of each kind.
func manifests(t testing.TB) (m kubeManifests) {
	t.Helper()
	text := deployFile(t, "kubernetes.yaml")
	into := map[string]any{"v1 ServiceAccount": &m.Account, "apps/v1 Deployment": &m.Deployment, "v1 Service": &m.Service, "networking.k8s.io/v1 NetworkPolicy": &m.Policy}
	for document := range strings.SplitSeq(text, "\n---\n") {
		var head struct {
			APIVersion string `yaml:"apiVersion"`
			Kind       string
		}
		if err := yaml.Unmarshal([]byte(document), &head); err != nil {
			t.Fatal(err)
		}
		known, ok := into[head.APIVersion+" "+head.Kind]
		if !ok {
			t.Fatalf("a second or unknown %s %s", head.APIVersion, head.Kind)
		}
		delete(into, head.APIVersion+" "+head.Kind)
		decoder := yaml.NewDecoder(strings.NewReader(document))
		decoder.KnownFields(true)
		if err := decoder.Decode(known); err != nil {
			t.Fatalf("%s: %v", head.Kind, err)
		}
		if err := decoder.Decode(&struct{}{}); !errors.Is(err, io.EOF) {
			t.Fatalf("after %s: %v", head.Kind, err)
		}
	}
	for missing := range into {
		t.Fatalf("there is no %s", missing)
	}
	return m
}

// TestKubernetesManifests: the manifests belong together, and the pods may do no
// more than they must.
func TestKubernetesManifests(t *testing.T) {
	t.Parallel()
	m := manifests(t)
	pod := m.Deployment.Spec.Template.Spec
	c := pod.Containers[0]
	labels := m.Deployment.Spec.Template.Metadata.Labels["app.kubernetes.io/name"]
	for what, is := range map[string]bool{
		"one namespace": m.Account.Metadata.Namespace == "reconciler" && m.Deployment.Metadata.Namespace == "reconciler" &&
			m.Service.Metadata.Namespace == "reconciler" && m.Policy.Metadata.Namespace == "reconciler",
		"a role":              strings.HasPrefix(m.Account.Metadata.Annotations["eks.amazonaws.com/role-arn"], "arn:aws:iam::"),
		"the account's pods":  pod.ServiceAccountName == m.Account.Metadata.Name,
		"two members":         m.Deployment.Spec.Replicas == 2 && strings.Contains(strings.Join(c.Args, " "), "--members=dynamodb:"),
		"selectors":           labels != "" && m.Deployment.Spec.Selector.MatchLabels["app.kubernetes.io/name"] == labels && m.Service.Spec.Selector["app.kubernetes.io/name"] == labels && m.Policy.Spec.PodSelector.MatchLabels["app.kubernetes.io/name"] == labels,
		"not root":            pod.SecurityContext.RunAsNonRoot && pod.SecurityContext.RunAsUser > 0 && pod.SecurityContext.SeccompProfile.Type == "RuntimeDefault",
		"a read-only root":    c.SecurityContext.ReadOnlyRootFilesystem && c.SecurityContext.AllowPrivilegeEscalation != nil && !*c.SecurityContext.AllowPrivilegeEscalation,
		"no capabilities":     len(c.SecurityContext.Capabilities.Drop) == 1 && c.SecurityContext.Capabilities.Drop[0] == "ALL",
		"no token of its own": pod.Automount != nil && !*pod.Automount,
		"time to end":         pod.Grace >= 30,
		"probes":              c.LivenessProbe.HTTPGet.Path == "/healthz" && c.ReadinessProbe.HTTPGet.Path == "/readyz",
		"a port": c.Ports[0].Name == m.Service.Spec.Ports[0].TargetPort && c.Ports[0].Name == m.Policy.Spec.Ingress[0].Ports[0].Port &&
			strings.Contains(strings.Join(c.Args, " "), "--listen=:8080") && c.Ports[0].ContainerPort == 8080,
		"the token's file": strings.Contains(strings.Join(c.Args, " "), "--token-file="+c.VolumeMounts[0].MountPath+"/"+pod.Volumes[0].Secret.Items[0].Path) &&
			c.VolumeMounts[0].Name == pod.Volumes[0].Name,
	} {
		if !is {
			t.Errorf("the manifests lack %s", what)
		}
	}
}
