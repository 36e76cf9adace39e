package policydoc

import (
	"slices"
	"strings"
)

const cognito = "cognito-identity.amazonaws.com"

// checkPrincipals refuses principals that do not exist and puts the others into
// the form that IAM stores.
func checkPrincipals(st *Node, resolve Resolve) error {
	for _, m := range st.Get("Principal").Members {
		if !isText(m.Value) {
			return errTrustSyntax
		}
		if len(m.Value.List()) == 0 {
			return errTrustPrincipalEmpty
		}
		for _, value := range m.Value.List() {
			if err := checkPrincipal(m.Key, value, resolve); err != nil {
				return err
			}
		}
		if m.Key == "Federated" && st.Get("Condition") == nil && anyText(m.Value, cognito) {
			return errTrustCognito
		}
	}
	return nil
}

func checkPrincipal(kind string, value *Node, resolve Resolve) error {
	switch kind {
	case "AWS":
		stored, exists := resolve(value.Text)
		if !exists {
			return malformed("Invalid principal in policy: %q:%q", "AWS", value.Text)
		}
		value.Text = stored
	case "Service":
		if !KnownService(value.Text) {
			return malformed("Invalid principal in policy: %q:%q", "SERVICE", value.Text)
		}
	case "Federated":
		if value.Text == "" {
			return malformed("Invalid principal in policy: %q:%q", "FEDERATED", value.Text)
		}
	default:
		return malformed("Invalid principal in policy: %q", kind)
	}
	return nil
}

func anyText(n *Node, text string) bool {
	return slices.Contains(n.Strings(), text)
}

// RewritePrincipals gives a stored trust policy with every AWS principal
// replaced by what show makes of it, all else as it stands.
func RewritePrincipals(stored string, show func(principal string) string) (string, error) {
	root, err := Parse(stored)
	if err != nil {
		return "", err
	}
	for _, st := range statements(root) {
		for _, principal := range st.Get("Principal").Get("AWS").List() {
			principal.Text = show(principal.Text)
		}
	}
	return root.JSON(), nil
}

// KnownService tells whether a name is a service principal that IAM accepts:
// a service of the table, itself or in one region.
func KnownService(principal string) bool {
	name, ok := strings.CutSuffix(principal, ".amazonaws.com")
	if !ok {
		return chinaService(principal)
	}
	if serviceNamed(name) {
		return true
	}
	service, region, found := strings.Cut(name, ".")
	return found && looksLikeRegion(region) && serviceNamed(service)
}

// chinaService is for the few services whose principal in China has the suffix
// of China; ecs-tasks is none of them.
func chinaService(principal string) bool {
	name, ok := strings.CutSuffix(principal, ".amazonaws.com.cn")
	return ok && (name == "ec2" || name == "elasticmapreduce" || name == "codedeploy.cn-north-1" ||
		name == "codedeploy.cn-northwest-1")
}

func looksLikeRegion(text string) bool {
	parts := strings.Split(text, "-")
	last := parts[len(parts)-1]
	return len(parts) >= 3 && len(last) == 1 && last[0] >= '1' && last[0] <= '9'
}

func serviceNamed(name string) bool {
	return slices.Contains(strings.Fields(services), name)
}

// services are the service principals that IAM is known to accept, without
// .amazonaws.com. AWS publishes no complete list; this one holds those of its
// service authorization reference and of its managed policies.
const services = `
	a4b access-analyzer account acm acm-pca airflow airflow-env airflow-serverless amplify amplifybackend
	apidestinations.events apigateway ops.apigateway appconfig appfabric appflow application-autoscaling
	application-signals.cloudwatch applicationinsights appmesh appmesh.mesh apprunner build.apprunner tasks.apprunner
	appstream appstream.application-autoscaling appsync aps athena auditmanager autoscaling autoscaling-plans
	backup backup-gateway batch bedrock bedrock-agentcore billing braket budgets bugbust ce channels.lex chatbot
	cleanrooms cleanrooms-ml cloud9 cloudformation cloudfront cloudhsm cloudsearch cloudtrail cloudwatch
	cloudwatch-crossaccount codeartifact codebuild codecommit codedeploy codeguru-profiler codeguru-reviewer
	codepipeline codestar codestar-connections codestar-notifications cognito-idp cognito-sync comprehend
	compute-optimizer config config-conforms config-multiaccountsetup connect connect-campaigns connector.iotgreengrass
	continuousexport.discovery controltower cost-optimization-hub.bcm costalerts credentials.iot
	custom-resource.application-autoscaling customer-profiles databrew dataexchange datapipeline datasync datazone
	dax deeplens delivery.logs detective devops-guru diode directconnect discovery dlm dms
	docdb-elastic drs ds dynamodb dynamodb.application-autoscaling ec2 ec2-instance-connect ec2.application-autoscaling
	ec2fastlaunch ec2fleet ec2scheduled ecr ecs ecs-tasks ecs.application-autoscaling edgelambda eks eks-fargate
	eks-fargate-pods eks-nodegroup elastic-inference elasticache elasticbeanstalk elasticfilesystem elasticloadbalancing
	elasticmapreduce elastictranscoder emr-containers emr-serverless emr-serverless.application-autoscaling
	ops.emr-serverless es events evidently fargate finspace firehose fis fms forecast frauddetector freertos fsx
	gamelift glacier globalaccelerator glue grafana greengrass groundstation groundtruthlabeling guardduty health
	healthlake iam identitystore imagebuilder importexport inspector inspector2 internetmonitor iot
	iotanalytics iotdevicetester iotdeviceadvisor iotevents iotfleethub iotfleetwise iotroborunner iotsitewise iotthingsgraph
	iottwinmaker iotwireless ivs jellyfish kafka kafkaconnect kendra kinesis kinesisanalytics kms lakeformation lambda
	launchwizard lex lexv2 license-manager license-manager.member-account.license-manager
	license-manager.master-account.license-manager lightsail location logger.cloudfront logs lookoutequipment lookoutmetrics
	lookoutvision m2 machinelearning macie malware-protection.guardduty malware-protection-plan.guardduty
	managed-blockchain managedservices management.chatbot mediaconnect
	mediaconvert medialive mediapackage mediastore mediatailor member.org.stacksets.cloudformation mgh mgn migrationhub
	mobileanalytics mobilehub monitoring monitoring.rds mq multi-region-access-point.s3 network-firewall networkmanager
	nimble notifications omics opensearchservice opsworks opsworks-cm organizations osis outposts panorama
	participant.connect personalize pinpoint pipes pods.eks polly private-networks profile proton purchaseorders qbusiness
	qldb quicksight ram rds rds-preview redshift redshift-data redshift-serverless refactor-spaces rekognition
	replication.dynamodb replicator.lambda reporting.trustedadvisor resiliencehub resource-explorer-2 resource-groups robomaker
	rolesanywhere route53 route53-recovery-readiness route53domains route53resolver rum s3 s3-outposts sagemaker
	sagemaker.application-autoscaling scheduler schemas secretsmanager securityhub securitylake serverlessrepo
	servicecatalog servicecatalog-appregistry servicediscovery servicequotas ses shield signer signin simspaceweaver sms
	sms-voice snow-device-management sns spot spotfleet sqlworkbench sqs ssm ssm-guiconnect ssm-incidents
	ssm-quicksetup ssm-sap sso stacksets.cloudformation states storagegateway streams.metrics.cloudwatch
	sts sumerian support swf synthetics textract timestream transcribe transcribe.streaming transfer
	transitgateway translate trustedadvisor verifiedpermissions vmie voiceid vpc-flow-logs vpc-lattice
	vpce waf waf-regional wafv2 wellarchitected wisdom workdocs worklink workmail workspaces workspaces-web xray
`
