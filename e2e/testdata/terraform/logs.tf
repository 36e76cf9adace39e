resource "aws_cloudwatch_log_group" "job" {
  name              = "/terraform/job"
  retention_in_days = var.retention
  tags              = { team = "data" }
}
