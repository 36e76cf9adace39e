resource "aws_secretsmanager_secret" "db" {
  name                    = "shop/staging/db"
  description             = "How to reach the database"
  recovery_window_in_days = 7
  tags                    = { team = "data" }
}

resource "aws_secretsmanager_secret_policy" "db" {
  secret_arn = aws_secretsmanager_secret.db.arn
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Principal = { AWS = data.aws_caller_identity.me.account_id }, Action = "secretsmanager:GetSecretValue", Resource = "*" }]
  })
}

resource "aws_secretsmanager_secret_version" "db" {
  secret_id     = aws_secretsmanager_secret.db.id
  secret_string = jsonencode({ username = "shop", password = var.password })
}

resource "aws_secretsmanager_secret" "env" {
  name = "shop/staging/app.env"
  replica {
    region = "eu-west-1"
  }
}

resource "aws_secretsmanager_secret_version" "env" {
  secret_id     = aws_secretsmanager_secret.env.id
  secret_string = "TOKEN=${var.token}\n"
}

resource "aws_iam_role" "task" {
  for_each             = toset(["nightly", "weekly"])
  name                 = "shop-${each.key}"
  path                 = "/shop/"
  description          = "What ${each.key} may do"
  assume_role_policy   = local.trust
  max_session_duration = 7200
}

resource "aws_iam_role_policy" "read" {
  for_each = aws_iam_role.task
  name     = "read"
  role     = each.value.id
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = ["s3:GetObject"], Resource = "arn:aws:s3:::shop/*" }]
  })
}

resource "aws_iam_role_policy_attachment" "logs" {
  role       = aws_iam_role.task["nightly"].name
  policy_arn = "arn:aws:iam::aws:policy/CloudWatchLogsFullAccess"
}

resource "aws_iam_role" "execution" {
  count              = 1
  name               = "shop-execution"
  assume_role_policy = local.trust
}

resource "aws_iam_role_policy_attachment" "execution" {
  role       = aws_iam_role.execution[0].name
  policy_arn = "arn:aws:iam::aws:policy/service-role/AmazonECSTaskExecutionRolePolicy"
}

resource "aws_ecs_task_definition" "task" {
  for_each                 = aws_iam_role.task
  family                   = each.value.name
  network_mode             = "awsvpc"
  requires_compatibilities = ["FARGATE"]
  cpu                      = "256"
  memory                   = "512"
  task_role_arn            = each.value.arn
  execution_role_arn       = aws_iam_role.execution[0].arn
  tags                     = { team = "data" }

  runtime_platform {
    operating_system_family = "LINUX"
    cpu_architecture        = "ARM64"
  }

  ephemeral_storage {
    size_in_gib = 30
  }

  volume {
    name = "data"
    efs_volume_configuration {
      file_system_id     = "fs-0123456789abcdef0"
      transit_encryption = "ENABLED"
      authorization_config {
        iam = "ENABLED"
      }
    }
  }

  container_definitions = jsonencode([{
    name         = "main"
    image        = "busybox:1"
    command      = ["sh", "-c", "echo {{ not a variable }}"]
    environment  = [{ name = "MODE", value = each.key }, { name = "TOKEN", value = var.token }]
    secrets      = [{ name = "PASSWORD", valueFrom = "${aws_secretsmanager_secret.db.arn}:password::" }, { name = "APP", valueFrom = aws_secretsmanager_secret.env.arn }]
    portMappings = [{ containerPort = 8080 }]
    mountPoints  = [{ sourceVolume = "data", containerPath = "/data" }]
    dockerLabels = { "Team" = "data" }
    logConfiguration = {
      logDriver = "awslogs"
      options   = { "awslogs-group" = "/shop", "awslogs-region" = "us-west-2", "awslogs-stream-prefix" = each.key }
    }
  }])
}
