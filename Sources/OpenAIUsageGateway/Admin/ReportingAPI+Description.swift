// swift-format-ignore-file
// Generated from Documentation/openapi.json by .ci/generate-page; change that and run it again.
extension ReportingAPI {
    static let openAPIText = #"""
{
  "openapi": "3.1.0",
  "info": {
    "title": "oai-usage reporting API",
    "version": "1",
    "description": "The ledger of a gateway over HTTP, on its admin listener: the answers are the JSON of the command line, and parameters have the names of its flags. Money is a number whose text is the exact decimal (USD). GET and HEAD are allowed; each path has one answer for both. Keys may be added, and are never renamed.",
    "license": {
      "name": "Apache-2.0",
      "identifier": "Apache-2.0"
    }
  },
  "servers": [
    {
      "url": "http://127.0.0.1:10464",
      "description": "The default address of the admin listener."
    }
  ],
  "security": [
    {},
    {
      "token": []
    }
  ],
  "paths": {
    "/api/v1/report": {
      "get": {
        "operationId": "report",
        "summary": "Sums by dimension",
        "description": "As oai-usage report --format json.",
        "parameters": [
          {
            "$ref": "#/components/parameters/project"
          },
          {
            "$ref": "#/components/parameters/project-not"
          },
          {
            "$ref": "#/components/parameters/model"
          },
          {
            "$ref": "#/components/parameters/model-not"
          },
          {
            "$ref": "#/components/parameters/requested-model"
          },
          {
            "$ref": "#/components/parameters/requested-model-not"
          },
          {
            "$ref": "#/components/parameters/endpoint"
          },
          {
            "$ref": "#/components/parameters/endpoint-not"
          },
          {
            "$ref": "#/components/parameters/organization"
          },
          {
            "$ref": "#/components/parameters/organization-not"
          },
          {
            "$ref": "#/components/parameters/key"
          },
          {
            "$ref": "#/components/parameters/key-not"
          },
          {
            "$ref": "#/components/parameters/client"
          },
          {
            "$ref": "#/components/parameters/client-not"
          },
          {
            "$ref": "#/components/parameters/host"
          },
          {
            "$ref": "#/components/parameters/host-not"
          },
          {
            "$ref": "#/components/parameters/tier"
          },
          {
            "$ref": "#/components/parameters/tier-not"
          },
          {
            "$ref": "#/components/parameters/outcome"
          },
          {
            "$ref": "#/components/parameters/outcome-not"
          },
          {
            "$ref": "#/components/parameters/status"
          },
          {
            "$ref": "#/components/parameters/status-not"
          },
          {
            "$ref": "#/components/parameters/error"
          },
          {
            "$ref": "#/components/parameters/error-not"
          },
          {
            "$ref": "#/components/parameters/tag"
          },
          {
            "$ref": "#/components/parameters/tag-not"
          },
          {
            "$ref": "#/components/parameters/min-duration"
          },
          {
            "$ref": "#/components/parameters/since"
          },
          {
            "$ref": "#/components/parameters/until"
          },
          {
            "$ref": "#/components/parameters/period"
          },
          {
            "$ref": "#/components/parameters/timezone"
          },
          {
            "$ref": "#/components/parameters/by"
          },
          {
            "$ref": "#/components/parameters/exact-models"
          },
          {
            "$ref": "#/components/parameters/percentiles"
          }
        ],
        "responses": {
          "200": {
            "description": "The report.",
            "content": {
              "application/json": {
                "schema": {
                  "$ref": "#/components/schemas/Report"
                }
              }
            }
          },
          "400": {
            "$ref": "#/components/responses/Invalid"
          },
          "404": {
            "$ref": "#/components/responses/NotFound"
          },
          "401": {
            "$ref": "#/components/responses/Unauthorized"
          },
          "403": {
            "$ref": "#/components/responses/Forbidden"
          },
          "421": {
            "$ref": "#/components/responses/Misdirected"
          },
          "503": {
            "$ref": "#/components/responses/Unavailable"
          }
        }
      }
    },
    "/api/v1/glance": {
      "get": {
        "operationId": "glance",
        "summary": "Today and this month",
        "description": "As oai-usage glance --json.",
        "parameters": [
          {
            "$ref": "#/components/parameters/timezone"
          },
          {
            "$ref": "#/components/parameters/brief"
          }
        ],
        "responses": {
          "200": {
            "description": "The glance.",
            "content": {
              "application/json": {
                "schema": {
                  "$ref": "#/components/schemas/Glance"
                }
              }
            }
          },
          "400": {
            "$ref": "#/components/responses/Invalid"
          },
          "401": {
            "$ref": "#/components/responses/Unauthorized"
          },
          "403": {
            "$ref": "#/components/responses/Forbidden"
          },
          "421": {
            "$ref": "#/components/responses/Misdirected"
          },
          "503": {
            "$ref": "#/components/responses/Unavailable"
          },
          "404": {
            "$ref": "#/components/responses/NotFound"
          }
        }
      }
    },
    "/api/v1/calls": {
      "get": {
        "operationId": "calls",
        "summary": "Calls",
        "description": "As oai-usage calls --format jsonl: one object a line and attempt, the oldest first. The limit selects the latest calls.",
        "parameters": [
          {
            "$ref": "#/components/parameters/project"
          },
          {
            "$ref": "#/components/parameters/project-not"
          },
          {
            "$ref": "#/components/parameters/model"
          },
          {
            "$ref": "#/components/parameters/model-not"
          },
          {
            "$ref": "#/components/parameters/requested-model"
          },
          {
            "$ref": "#/components/parameters/requested-model-not"
          },
          {
            "$ref": "#/components/parameters/endpoint"
          },
          {
            "$ref": "#/components/parameters/endpoint-not"
          },
          {
            "$ref": "#/components/parameters/organization"
          },
          {
            "$ref": "#/components/parameters/organization-not"
          },
          {
            "$ref": "#/components/parameters/key"
          },
          {
            "$ref": "#/components/parameters/key-not"
          },
          {
            "$ref": "#/components/parameters/client"
          },
          {
            "$ref": "#/components/parameters/client-not"
          },
          {
            "$ref": "#/components/parameters/host"
          },
          {
            "$ref": "#/components/parameters/host-not"
          },
          {
            "$ref": "#/components/parameters/tier"
          },
          {
            "$ref": "#/components/parameters/tier-not"
          },
          {
            "$ref": "#/components/parameters/outcome"
          },
          {
            "$ref": "#/components/parameters/outcome-not"
          },
          {
            "$ref": "#/components/parameters/status"
          },
          {
            "$ref": "#/components/parameters/status-not"
          },
          {
            "$ref": "#/components/parameters/error"
          },
          {
            "$ref": "#/components/parameters/error-not"
          },
          {
            "$ref": "#/components/parameters/tag"
          },
          {
            "$ref": "#/components/parameters/tag-not"
          },
          {
            "$ref": "#/components/parameters/min-duration"
          },
          {
            "$ref": "#/components/parameters/since"
          },
          {
            "$ref": "#/components/parameters/until"
          },
          {
            "$ref": "#/components/parameters/period"
          },
          {
            "$ref": "#/components/parameters/timezone"
          },
          {
            "$ref": "#/components/parameters/limit"
          },
          {
            "$ref": "#/components/parameters/after"
          },
          {
            "$ref": "#/components/parameters/before"
          }
        ],
        "responses": {
          "200": {
            "description": "The calls, one a line.",
            "content": {
              "application/x-ndjson": {
                "schema": {
                  "$ref": "#/components/schemas/Call"
                }
              }
            }
          },
          "400": {
            "$ref": "#/components/responses/Invalid"
          },
          "404": {
            "$ref": "#/components/responses/NotFound"
          },
          "401": {
            "$ref": "#/components/responses/Unauthorized"
          },
          "403": {
            "$ref": "#/components/responses/Forbidden"
          },
          "421": {
            "$ref": "#/components/responses/Misdirected"
          },
          "503": {
            "$ref": "#/components/responses/Unavailable"
          }
        }
      }
    },
    "/api/v1/calls/{identity}": {
      "get": {
        "operationId": "call",
        "summary": "One call",
        "description": "As oai-usage show --format json: one object a line for each attempt, the oldest first.",
        "parameters": [
          {
            "name": "identity",
            "in": "path",
            "required": true,
            "description": "Any identity of the call, percent-encoded: the id of an attempt or the operation, x-request-id, X-Client-Request-Id, the response's id, cf-ray, the trace, a batch's file; or the beginning of an id that no other has.",
            "schema": {
              "type": "string"
            }
          }
        ],
        "responses": {
          "200": {
            "description": "The attempts, one a line.",
            "content": {
              "application/x-ndjson": {
                "schema": {
                  "$ref": "#/components/schemas/Call"
                }
              }
            }
          },
          "400": {
            "$ref": "#/components/responses/Invalid"
          },
          "404": {
            "$ref": "#/components/responses/NotFound"
          },
          "401": {
            "$ref": "#/components/responses/Unauthorized"
          },
          "403": {
            "$ref": "#/components/responses/Forbidden"
          },
          "421": {
            "$ref": "#/components/responses/Misdirected"
          },
          "503": {
            "$ref": "#/components/responses/Unavailable"
          }
        }
      }
    },
    "/api/v1/calls/{identity}/cost": {
      "get": {
        "operationId": "cost",
        "summary": "The cost of a call, line by line",
        "description": "As oai-usage prices explain --format json, by the gateway's present price book: one object a line for each attempt.",
        "parameters": [
          {
            "name": "identity",
            "in": "path",
            "required": true,
            "description": "Any identity of the call, percent-encoded: the id of an attempt or the operation, x-request-id, X-Client-Request-Id, the response's id, cf-ray, the trace, a batch's file; or the beginning of an id that no other has.",
            "schema": {
              "type": "string"
            }
          }
        ],
        "responses": {
          "200": {
            "description": "The costs, one a line.",
            "content": {
              "application/x-ndjson": {
                "schema": {
                  "$ref": "#/components/schemas/Cost"
                }
              }
            }
          },
          "400": {
            "$ref": "#/components/responses/Invalid"
          },
          "404": {
            "$ref": "#/components/responses/NotFound"
          },
          "401": {
            "$ref": "#/components/responses/Unauthorized"
          },
          "403": {
            "$ref": "#/components/responses/Forbidden"
          },
          "421": {
            "$ref": "#/components/responses/Misdirected"
          },
          "503": {
            "$ref": "#/components/responses/Unavailable"
          }
        }
      }
    },
    "/api/v1/calls/{identity}/former-costs": {
      "get": {
        "operationId": "formerCosts",
        "summary": "What a call cost before it was repriced",
        "description": "One object a line for each attempt; as the member former_costs of oai-usage show --format json.",
        "parameters": [
          {
            "name": "identity",
            "in": "path",
            "required": true,
            "description": "Any identity of the call, percent-encoded: the id of an attempt or the operation, x-request-id, X-Client-Request-Id, the response's id, cf-ray, the trace, a batch's file; or the beginning of an id that no other has.",
            "schema": {
              "type": "string"
            }
          }
        ],
        "responses": {
          "200": {
            "description": "The former costs, one attempt a line.",
            "content": {
              "application/x-ndjson": {
                "schema": {
                  "$ref": "#/components/schemas/FormerCosts"
                }
              }
            }
          },
          "400": {
            "$ref": "#/components/responses/Invalid"
          },
          "404": {
            "$ref": "#/components/responses/NotFound"
          },
          "401": {
            "$ref": "#/components/responses/Unauthorized"
          },
          "403": {
            "$ref": "#/components/responses/Forbidden"
          },
          "421": {
            "$ref": "#/components/responses/Misdirected"
          },
          "503": {
            "$ref": "#/components/responses/Unavailable"
          }
        }
      }
    },
    "/api/v1/reprices": {
      "get": {
        "operationId": "reprices",
        "summary": "The runs that changed costs",
        "description": "The runs of oai-usage reprice that changed costs, the newest first, as oai-usage reprice --history --format json.",
        "responses": {
          "200": {
            "description": "The runs.",
            "content": {
              "application/json": {
                "schema": {
                  "$ref": "#/components/schemas/Reprices"
                }
              }
            }
          },
          "400": {
            "$ref": "#/components/responses/Invalid"
          },
          "404": {
            "$ref": "#/components/responses/NotFound"
          },
          "401": {
            "$ref": "#/components/responses/Unauthorized"
          },
          "403": {
            "$ref": "#/components/responses/Forbidden"
          },
          "421": {
            "$ref": "#/components/responses/Misdirected"
          },
          "503": {
            "$ref": "#/components/responses/Unavailable"
          }
        }
      }
    },
    "/api/v1/live": {
      "get": {
        "operationId": "live",
        "summary": "Calls in flight",
        "description": "The calls that have not ended, of those that have run for 250 ms at least.",
        "responses": {
          "200": {
            "description": "The calls.",
            "content": {
              "application/json": {
                "schema": {
                  "$ref": "#/components/schemas/Live"
                }
              }
            }
          },
          "400": {
            "$ref": "#/components/responses/Invalid"
          },
          "404": {
            "$ref": "#/components/responses/NotFound"
          },
          "401": {
            "$ref": "#/components/responses/Unauthorized"
          },
          "403": {
            "$ref": "#/components/responses/Forbidden"
          },
          "421": {
            "$ref": "#/components/responses/Misdirected"
          },
          "503": {
            "$ref": "#/components/responses/Unavailable"
          }
        }
      }
    },
    "/api/v1/limits": {
      "get": {
        "operationId": "limits",
        "summary": "Rate limits",
        "description": "The newest rate limits by project and model, as oai-usage limits reads them.",
        "responses": {
          "200": {
            "description": "The rate limits.",
            "content": {
              "application/json": {
                "schema": {
                  "$ref": "#/components/schemas/Limits"
                }
              }
            }
          },
          "400": {
            "$ref": "#/components/responses/Invalid"
          },
          "404": {
            "$ref": "#/components/responses/NotFound"
          },
          "401": {
            "$ref": "#/components/responses/Unauthorized"
          },
          "403": {
            "$ref": "#/components/responses/Forbidden"
          },
          "421": {
            "$ref": "#/components/responses/Misdirected"
          },
          "503": {
            "$ref": "#/components/responses/Unavailable"
          }
        }
      }
    },
    "/api/v1/tags": {
      "get": {
        "operationId": "tags",
        "summary": "Tags",
        "description": "The names of the tags that calls have, at most 100, in alphabetical order.",
        "responses": {
          "200": {
            "description": "The names.",
            "content": {
              "application/json": {
                "schema": {
                  "$ref": "#/components/schemas/Tags"
                }
              }
            }
          },
          "400": {
            "$ref": "#/components/responses/Invalid"
          },
          "404": {
            "$ref": "#/components/responses/NotFound"
          },
          "401": {
            "$ref": "#/components/responses/Unauthorized"
          },
          "403": {
            "$ref": "#/components/responses/Forbidden"
          },
          "421": {
            "$ref": "#/components/responses/Misdirected"
          },
          "503": {
            "$ref": "#/components/responses/Unavailable"
          }
        }
      }
    },
    "/api/v1/identities/{beginning}": {
      "get": {
        "operationId": "identities",
        "summary": "Identities",
        "description": "The identities of calls that begin with a text of at least 6 characters, at most 20, in alphabetical order.",
        "parameters": [
          {
            "name": "beginning",
            "in": "path",
            "required": true,
            "description": "The beginning, percent-encoded.",
            "schema": {
              "type": "string"
            }
          }
        ],
        "responses": {
          "200": {
            "description": "The identities.",
            "content": {
              "application/json": {
                "schema": {
                  "$ref": "#/components/schemas/Identities"
                }
              }
            }
          },
          "400": {
            "$ref": "#/components/responses/Invalid"
          },
          "404": {
            "$ref": "#/components/responses/NotFound"
          },
          "401": {
            "$ref": "#/components/responses/Unauthorized"
          },
          "403": {
            "$ref": "#/components/responses/Forbidden"
          },
          "421": {
            "$ref": "#/components/responses/Misdirected"
          },
          "503": {
            "$ref": "#/components/responses/Unavailable"
          }
        }
      }
    },
    "/api/v1/budgets": {
      "get": {
        "operationId": "budgets",
        "summary": "Budgets",
        "description": "What is spent of the gateway's budgets in their present windows, as oai-usage budget --format json writes it; empty without budgets.",
        "responses": {
          "200": {
            "description": "The budgets.",
            "content": {
              "application/json": {
                "schema": {
                  "$ref": "#/components/schemas/Budgets"
                }
              }
            }
          },
          "400": {
            "$ref": "#/components/responses/Invalid"
          },
          "404": {
            "$ref": "#/components/responses/NotFound"
          },
          "401": {
            "$ref": "#/components/responses/Unauthorized"
          },
          "403": {
            "$ref": "#/components/responses/Forbidden"
          },
          "421": {
            "$ref": "#/components/responses/Misdirected"
          },
          "503": {
            "$ref": "#/components/responses/Unavailable"
          }
        }
      }
    },
    "/api/v1/reconciliation": {
      "get": {
        "operationId": "reconciliation",
        "summary": "The last reconciliation",
        "description": "The result that oai-usage reconcile left beside the ledger; its report is that of oai-usage reconcile --by none --format json.",
        "responses": {
          "200": {
            "description": "The result, or null if nothing was reconciled yet.",
            "content": {
              "application/json": {
                "schema": {
                  "$ref": "#/components/schemas/Reconciliation"
                }
              }
            }
          },
          "400": {
            "$ref": "#/components/responses/Invalid"
          },
          "404": {
            "$ref": "#/components/responses/NotFound"
          },
          "401": {
            "$ref": "#/components/responses/Unauthorized"
          },
          "403": {
            "$ref": "#/components/responses/Forbidden"
          },
          "421": {
            "$ref": "#/components/responses/Misdirected"
          },
          "503": {
            "$ref": "#/components/responses/Unavailable"
          }
        }
      }
    },
    "/api/v1/status": {
      "get": {
        "operationId": "status",
        "summary": "The gateway",
        "description": "Facts about the gateway; also told by one that keeps no ledger.",
        "responses": {
          "200": {
            "description": "The facts.",
            "content": {
              "application/json": {
                "schema": {
                  "$ref": "#/components/schemas/Status"
                }
              }
            }
          },
          "401": {
            "$ref": "#/components/responses/Unauthorized"
          },
          "403": {
            "$ref": "#/components/responses/Forbidden"
          },
          "421": {
            "$ref": "#/components/responses/Misdirected"
          }
        }
      }
    },
    "/api/v1/openapi.json": {
      "get": {
        "operationId": "openapi",
        "summary": "This document",
        "description": "The description of the API.",
        "responses": {
          "200": {
            "description": "This document.",
            "content": {
              "application/json": {
                "schema": {
                  "type": "object"
                }
              }
            }
          },
          "401": {
            "$ref": "#/components/responses/Unauthorized"
          },
          "403": {
            "$ref": "#/components/responses/Forbidden"
          },
          "421": {
            "$ref": "#/components/responses/Misdirected"
          }
        }
      }
    }
  },
  "components": {
    "securitySchemes": {
      "token": {
        "type": "http",
        "scheme": "bearer",
        "description": "A token of --admin-token-file; a listener without one asks for none."
      }
    },
    "parameters": {
      "project": {
        "name": "project",
        "in": "query",
        "description": "The project. May be repeated, for any of several; * and ? are wildcards.",
        "schema": {
          "type": "array",
          "items": {
            "type": "string"
          }
        },
        "style": "form",
        "explode": true
      },
      "project-not": {
        "name": "project-not",
        "in": "query",
        "description": "Leaves out what project would require.",
        "schema": {
          "type": "array",
          "items": {
            "type": "string"
          }
        },
        "style": "form",
        "explode": true
      },
      "model": {
        "name": "model",
        "in": "query",
        "description": "The served or requested model; the name without a date stands for its snapshots, too. May be repeated, for any of several; * and ? are wildcards.",
        "schema": {
          "type": "array",
          "items": {
            "type": "string"
          }
        },
        "style": "form",
        "explode": true
      },
      "model-not": {
        "name": "model-not",
        "in": "query",
        "description": "Leaves out what model would require.",
        "schema": {
          "type": "array",
          "items": {
            "type": "string"
          }
        },
        "style": "form",
        "explode": true
      },
      "requested-model": {
        "name": "requested-model",
        "in": "query",
        "description": "The requested model. May be repeated, for any of several; * and ? are wildcards.",
        "schema": {
          "type": "array",
          "items": {
            "type": "string"
          }
        },
        "style": "form",
        "explode": true
      },
      "requested-model-not": {
        "name": "requested-model-not",
        "in": "query",
        "description": "Leaves out what requested-model would require.",
        "schema": {
          "type": "array",
          "items": {
            "type": "string"
          }
        },
        "style": "form",
        "explode": true
      },
      "endpoint": {
        "name": "endpoint",
        "in": "query",
        "description": "The endpoint. May be repeated, for any of several; * and ? are wildcards.",
        "schema": {
          "type": "array",
          "items": {
            "type": "string"
          }
        },
        "style": "form",
        "explode": true
      },
      "endpoint-not": {
        "name": "endpoint-not",
        "in": "query",
        "description": "Leaves out what endpoint would require.",
        "schema": {
          "type": "array",
          "items": {
            "type": "string"
          }
        },
        "style": "form",
        "explode": true
      },
      "organization": {
        "name": "organization",
        "in": "query",
        "description": "The organization. May be repeated, for any of several; * and ? are wildcards.",
        "schema": {
          "type": "array",
          "items": {
            "type": "string"
          }
        },
        "style": "form",
        "explode": true
      },
      "organization-not": {
        "name": "organization-not",
        "in": "query",
        "description": "Leaves out what organization would require.",
        "schema": {
          "type": "array",
          "items": {
            "type": "string"
          }
        },
        "style": "form",
        "explode": true
      },
      "key": {
        "name": "key",
        "in": "query",
        "description": "The key. May be repeated, for any of several; * and ? are wildcards.",
        "schema": {
          "type": "array",
          "items": {
            "type": "string"
          }
        },
        "style": "form",
        "explode": true
      },
      "key-not": {
        "name": "key-not",
        "in": "query",
        "description": "Leaves out what key would require.",
        "schema": {
          "type": "array",
          "items": {
            "type": "string"
          }
        },
        "style": "form",
        "explode": true
      },
      "client": {
        "name": "client",
        "in": "query",
        "description": "The client. May be repeated, for any of several; * and ? are wildcards.",
        "schema": {
          "type": "array",
          "items": {
            "type": "string"
          }
        },
        "style": "form",
        "explode": true
      },
      "client-not": {
        "name": "client-not",
        "in": "query",
        "description": "Leaves out what client would require.",
        "schema": {
          "type": "array",
          "items": {
            "type": "string"
          }
        },
        "style": "form",
        "explode": true
      },
      "host": {
        "name": "host",
        "in": "query",
        "description": "The host. May be repeated, for any of several; * and ? are wildcards.",
        "schema": {
          "type": "array",
          "items": {
            "type": "string"
          }
        },
        "style": "form",
        "explode": true
      },
      "host-not": {
        "name": "host-not",
        "in": "query",
        "description": "Leaves out what host would require.",
        "schema": {
          "type": "array",
          "items": {
            "type": "string"
          }
        },
        "style": "form",
        "explode": true
      },
      "tier": {
        "name": "tier",
        "in": "query",
        "description": "The tier. May be repeated, for any of several; * and ? are wildcards.",
        "schema": {
          "type": "array",
          "items": {
            "type": "string"
          }
        },
        "style": "form",
        "explode": true
      },
      "tier-not": {
        "name": "tier-not",
        "in": "query",
        "description": "Leaves out what tier would require.",
        "schema": {
          "type": "array",
          "items": {
            "type": "string"
          }
        },
        "style": "form",
        "explode": true
      },
      "outcome": {
        "name": "outcome",
        "in": "query",
        "description": "The outcome. May be repeated, for any of several; * and ? are wildcards.",
        "schema": {
          "type": "array",
          "items": {
            "type": "string"
          }
        },
        "style": "form",
        "explode": true
      },
      "outcome-not": {
        "name": "outcome-not",
        "in": "query",
        "description": "Leaves out what outcome would require.",
        "schema": {
          "type": "array",
          "items": {
            "type": "string"
          }
        },
        "style": "form",
        "explode": true
      },
      "status": {
        "name": "status",
        "in": "query",
        "description": "The HTTP status, as 429 or 5xx. May be repeated, for any of several; * and ? are wildcards.",
        "schema": {
          "type": "array",
          "items": {
            "type": "string"
          }
        },
        "style": "form",
        "explode": true
      },
      "status-not": {
        "name": "status-not",
        "in": "query",
        "description": "Leaves out what status would require.",
        "schema": {
          "type": "array",
          "items": {
            "type": "string"
          }
        },
        "style": "form",
        "explode": true
      },
      "error": {
        "name": "error",
        "in": "query",
        "description": "The code, or else the type, of the API's error. May be repeated, for any of several; * and ? are wildcards.",
        "schema": {
          "type": "array",
          "items": {
            "type": "string"
          }
        },
        "style": "form",
        "explode": true
      },
      "error-not": {
        "name": "error-not",
        "in": "query",
        "description": "Leaves out what error would require.",
        "schema": {
          "type": "array",
          "items": {
            "type": "string"
          }
        },
        "style": "form",
        "explode": true
      },
      "tag": {
        "name": "tag",
        "in": "query",
        "description": "A tag, as name=value. May be repeated.",
        "schema": {
          "type": "array",
          "items": {
            "type": "string",
            "pattern": "^[^=]+="
          }
        },
        "style": "form",
        "explode": true
      },
      "tag-not": {
        "name": "tag-not",
        "in": "query",
        "description": "Leaves out calls with a tag, as name=value.",
        "schema": {
          "type": "array",
          "items": {
            "type": "string",
            "pattern": "^[^=]+="
          }
        },
        "style": "form",
        "explode": true
      },
      "min-duration": {
        "name": "min-duration",
        "in": "query",
        "description": "The shortest duration of a call, as 300ms or 2s.",
        "schema": {
          "type": "string"
        }
      },
      "since": {
        "name": "since",
        "in": "query",
        "description": "The start of the range, inclusive: 7d, 12h, today, yesterday, 2026-11-01, or a time of RFC 3339. Without it, the range begins with the first call.",
        "schema": {
          "type": "string"
        }
      },
      "until": {
        "name": "until",
        "in": "query",
        "description": "The end of the range, exclusive, as since; now if absent.",
        "schema": {
          "type": "string"
        }
      },
      "period": {
        "name": "period",
        "in": "query",
        "description": "A period of the calendar instead of since and until.",
        "schema": {
          "type": "string",
          "pattern": "^(today|yesterday|(this|last)-(week|month|quarter|year)|wtd|mtd|qtd|ytd|all|[0-9]{4}(-([0-9]{2}|W[0-9]{2}|Q[1-4]|[0-9]{2}-[0-9]{2}))?)$"
        }
      },
      "timezone": {
        "name": "timezone",
        "in": "query",
        "description": "The IANA name of the time zone of days and of times without an offset.",
        "schema": {
          "type": "string",
          "default": "UTC"
        }
      },
      "by": {
        "name": "by",
        "in": "query",
        "description": "The dimensions of the rows, with commas between, or none: project, model, requested-model, endpoint, organization, key, client, host, tier, outcome, status, error, hour, day, week, month, tag:NAME.",
        "schema": {
          "type": "string",
          "default": "project"
        }
      },
      "exact-models": {
        "name": "exact-models",
        "in": "query",
        "description": "True for rows of their own for the snapshots of a model.",
        "schema": {
          "type": "boolean",
          "default": false
        }
      },
      "percentiles": {
        "name": "percentiles",
        "in": "query",
        "description": "estimate for percentiles within 1 % that need not read calls. Reports over more than 10,000 calls have no others.",
        "schema": {
          "enum": [
            "exact",
            "estimate"
          ],
          "default": "exact"
        }
      },
      "limit": {
        "name": "limit",
        "in": "query",
        "description": "The most calls; 0 for all, which are streamed.",
        "schema": {
          "type": "integer",
          "minimum": 0,
          "default": 50
        }
      },
      "after": {
        "name": "after",
        "in": "query",
        "description": "The id of a call: the list begins with the next one, and the limit selects the first calls.",
        "schema": {
          "type": "string"
        }
      },
      "before": {
        "name": "before",
        "in": "query",
        "description": "The id of a call: the list ends with the one before.",
        "schema": {
          "type": "string"
        }
      },
      "brief": {
        "name": "brief",
        "in": "query",
        "description": "True to leave days, projects, models and errors empty, which take the most time to read.",
        "schema": {
          "type": "boolean",
          "default": false
        }
      }
    },
    "responses": {
      "Invalid": {
        "description": "A parameter is invalid, or not known; too_many_groups for a report of more than 40,000 groups.",
        "content": {
          "application/json": {
            "schema": {
              "$ref": "#/components/schemas/Error"
            }
          }
        }
      },
      "NotFound": {
        "description": "There is no such call or path, or the gateway keeps no ledger.",
        "content": {
          "application/json": {
            "schema": {
              "$ref": "#/components/schemas/Error"
            }
          }
        }
      },
      "Unauthorized": {
        "description": "The listener wants a token, and none of its own was sent.",
        "content": {
          "application/json": {
            "schema": {
              "$ref": "#/components/schemas/Error"
            }
          }
        }
      },
      "Forbidden": {
        "description": "A page of another site asks for it.",
        "content": {
          "application/json": {
            "schema": {
              "$ref": "#/components/schemas/Error"
            }
          }
        }
      },
      "Misdirected": {
        "description": "The gateway does not know itself by the Host of the request.",
        "content": {
          "application/json": {
            "schema": {
              "$ref": "#/components/schemas/Error"
            }
          }
        }
      },
      "Unavailable": {
        "description": "The ledger cannot be read now, or too many requests read it; Retry-After tells when to ask again.",
        "content": {
          "application/json": {
            "schema": {
              "$ref": "#/components/schemas/Error"
            }
          }
        }
      }
    },
    "schemas": {
      "Report": {
        "type": "object",
        "properties": {
          "from": {
            "type": "string",
            "format": "date-time",
            "description": "The start of the range."
          },
          "to": {
            "type": "string",
            "format": "date-time",
            "description": "The end of the range, exclusive."
          },
          "timezone": {
            "type": "string",
            "description": "The time zone of days and of --since and --until."
          },
          "pruned_before": {
            "type": "string",
            "format": "date-time",
            "description": "Calls before are pruned; their sums stay."
          },
          "counted_from": {
            "type": "string",
            "format": "date-time",
            "description": "The start of what the sums of pruned calls cover."
          },
          "counted_to": {
            "type": "string",
            "format": "date-time",
            "description": "The end of what the sums of pruned calls cover."
          },
          "left_out_calls": {
            "type": "integer",
            "description": "Pruned calls that a filter cannot be applied to (calls)."
          },
          "ungrouped_calls": {
            "type": "integer",
            "description": "Pruned calls whose group is not known (calls)."
          },
          "group_by": {
            "type": "array",
            "description": "The dimensions of --by.",
            "items": {
              "type": "string"
            }
          },
          "rows": {
            "type": "array",
            "description": "One object for each group.",
            "items": {
              "$ref": "#/components/schemas/ReportRow"
            }
          },
          "totals": {
            "$ref": "#/components/schemas/ReportRow",
            "description": "The sums over all rows."
          }
        },
        "required": [
          "from",
          "to",
          "timezone",
          "group_by",
          "rows",
          "totals"
        ],
        "additionalProperties": false
      },
      "ReportRow": {
        "type": "object",
        "properties": {
          "project": {
            "type": [
              "string",
              "null"
            ],
            "description": "The project of the group, as --by asks for it."
          },
          "model": {
            "type": [
              "string",
              "null"
            ],
            "description": "The model of the group, as --by asks for it."
          },
          "requested-model": {
            "type": [
              "string",
              "null"
            ],
            "description": "The requested-model of the group, as --by asks for it."
          },
          "endpoint": {
            "type": [
              "string",
              "null"
            ],
            "description": "The endpoint of the group, as --by asks for it."
          },
          "organization": {
            "type": [
              "string",
              "null"
            ],
            "description": "The organization of the group, as --by asks for it."
          },
          "key": {
            "type": [
              "string",
              "null"
            ],
            "description": "The key of the group, as --by asks for it."
          },
          "client": {
            "type": [
              "string",
              "null"
            ],
            "description": "The client of the group, as --by asks for it."
          },
          "host": {
            "type": [
              "string",
              "null"
            ],
            "description": "The host of the group, as --by asks for it."
          },
          "tier": {
            "type": [
              "string",
              "null"
            ],
            "description": "The tier of the group, as --by asks for it."
          },
          "outcome": {
            "type": [
              "string",
              "null"
            ],
            "description": "The outcome of the group, as --by asks for it."
          },
          "status": {
            "type": [
              "string",
              "null"
            ],
            "description": "The status of the group, as --by asks for it."
          },
          "error": {
            "type": [
              "string",
              "null"
            ],
            "description": "The error of the group, as --by asks for it."
          },
          "hour": {
            "type": [
              "string",
              "null"
            ],
            "description": "The hour of the group, as --by asks for it."
          },
          "day": {
            "type": [
              "string",
              "null"
            ],
            "description": "The day of the group, as --by asks for it."
          },
          "week": {
            "type": [
              "string",
              "null"
            ],
            "description": "The week of the group, as --by asks for it."
          },
          "month": {
            "type": [
              "string",
              "null"
            ],
            "description": "The month of the group, as --by asks for it."
          },
          "calls": {
            "type": "integer",
            "description": "Calls that have ended (calls)."
          },
          "errors": {
            "type": "integer",
            "description": "Those that failed: a status from 400, an error in the body, or cut off (calls)."
          },
          "input_tokens": {
            "type": [
              "integer",
              "null"
            ],
            "description": "Tokens sent, those from the cache among them (tokens)."
          },
          "cached_input_tokens": {
            "type": [
              "integer",
              "null"
            ],
            "description": "Tokens read from the provider's cache (tokens)."
          },
          "output_tokens": {
            "type": [
              "integer",
              "null"
            ],
            "description": "Tokens received, those of reasoning among them (tokens)."
          },
          "reasoning_tokens": {
            "type": [
              "integer",
              "null"
            ],
            "description": "Tokens of reasoning (tokens)."
          },
          "cost_usd": {
            "type": [
              "number",
              "null"
            ],
            "description": "The known cost, exact (USD)."
          },
          "unpriced_calls": {
            "type": "integer",
            "description": "Calls whose model has no price, or a part of it (calls)."
          },
          "partial_calls": {
            "type": "integer",
            "description": "Those of them that are priced in part (calls)."
          },
          "calls_without_usage": {
            "type": "integer",
            "description": "Calls that should have reported usage, and did not (calls)."
          },
          "unknown_cost_upper_bound_usd": {
            "type": [
              "number",
              "null"
            ],
            "description": "What calls without usage cost at most (USD)."
          },
          "unbounded_calls": {
            "type": "integer",
            "description": "Calls without usage whose cost nothing bounds (calls)."
          },
          "unpriced_upper_bound_usd": {
            "type": [
              "number",
              "null"
            ],
            "description": "What cost_usd leaves out of partial calls, at most (USD)."
          },
          "other_calls": {
            "type": "integer",
            "description": "Calls to endpoints that are not known (calls)."
          },
          "open_calls": {
            "type": "integer",
            "description": "Calls in flight (calls)."
          },
          "duration_ms": {
            "type": "object",
            "description": "From the request's first byte to the response's last (ms).",
            "properties": {
              "p50": {
                "type": [
                  "number",
                  "null"
                ],
                "description": "Percentile 50 (ms)."
              },
              "p95": {
                "type": [
                  "number",
                  "null"
                ],
                "description": "Percentile 95 (ms)."
              },
              "p99": {
                "type": [
                  "number",
                  "null"
                ],
                "description": "Percentile 99 (ms)."
              }
            },
            "required": [
              "p50",
              "p95",
              "p99"
            ],
            "additionalProperties": false
          },
          "error_duration_ms": {
            "type": "object",
            "description": "The same, of failed calls (ms).",
            "properties": {
              "p50": {
                "type": [
                  "number",
                  "null"
                ],
                "description": "Percentile 50 (ms)."
              },
              "p95": {
                "type": [
                  "number",
                  "null"
                ],
                "description": "Percentile 95 (ms)."
              },
              "p99": {
                "type": [
                  "number",
                  "null"
                ],
                "description": "Percentile 99 (ms)."
              }
            },
            "required": [
              "p50",
              "p95",
              "p99"
            ],
            "additionalProperties": false
          },
          "processing_ms": {
            "type": "object",
            "description": "The provider's own figure (ms).",
            "properties": {
              "p50": {
                "type": [
                  "number",
                  "null"
                ],
                "description": "Percentile 50 (ms)."
              },
              "p95": {
                "type": [
                  "number",
                  "null"
                ],
                "description": "Percentile 95 (ms)."
              },
              "p99": {
                "type": [
                  "number",
                  "null"
                ],
                "description": "Percentile 99 (ms)."
              }
            },
            "required": [
              "p50",
              "p95",
              "p99"
            ],
            "additionalProperties": false
          },
          "time_to_first_token_ms": {
            "type": "object",
            "description": "From the request's first byte to the first token (ms).",
            "properties": {
              "p50": {
                "type": [
                  "number",
                  "null"
                ],
                "description": "Percentile 50 (ms)."
              },
              "p95": {
                "type": [
                  "number",
                  "null"
                ],
                "description": "Percentile 95 (ms)."
              },
              "p99": {
                "type": [
                  "number",
                  "null"
                ],
                "description": "Percentile 99 (ms)."
              }
            },
            "required": [
              "p50",
              "p95",
              "p99"
            ],
            "additionalProperties": false
          }
        },
        "required": [
          "calls",
          "errors",
          "input_tokens",
          "cached_input_tokens",
          "output_tokens",
          "reasoning_tokens",
          "cost_usd",
          "unpriced_calls",
          "partial_calls",
          "calls_without_usage",
          "unknown_cost_upper_bound_usd",
          "unbounded_calls",
          "unpriced_upper_bound_usd",
          "other_calls",
          "open_calls",
          "duration_ms",
          "error_duration_ms",
          "processing_ms",
          "time_to_first_token_ms"
        ],
        "additionalProperties": false,
        "patternProperties": {
          "^tag:": {
            "type": [
              "string",
              "null"
            ],
            "description": "The value of the tag NAME, as --by asks for it."
          }
        }
      },
      "Call": {
        "type": "object",
        "properties": {
          "id": {
            "type": "string",
            "description": "The attempt, unique in all ledgers."
          },
          "operation_id": {
            "type": "string",
            "description": "The same for all attempts of a call."
          },
          "attempt": {
            "type": "integer",
            "description": "0 for the first attempt."
          },
          "started_at": {
            "type": "string",
            "format": "date-time",
            "description": "When it began."
          },
          "duration_ms": {
            "type": [
              "number",
              "null"
            ],
            "description": "To the response's last byte, or until the client left (ms); null in flight."
          },
          "time_to_headers_ms": {
            "type": [
              "number",
              "null"
            ],
            "description": "To the response's head (ms)."
          },
          "time_to_first_token_ms": {
            "type": [
              "number",
              "null"
            ],
            "description": "To the first token (ms)."
          },
          "processing_ms": {
            "type": [
              "number",
              "null"
            ],
            "description": "The provider's openai-processing-ms (ms)."
          },
          "upstream_service_ms": {
            "type": [
              "number",
              "null"
            ],
            "description": "The provider's x-envoy-upstream-service-time (ms)."
          },
          "gateway_ms": {
            "type": [
              "number",
              "null"
            ],
            "description": "What the gateway took itself (ms)."
          },
          "source": {
            "type": "string",
            "description": "What metered the call, as gateway."
          },
          "client": {
            "type": [
              "string",
              "null"
            ],
            "description": "The User-Agent."
          },
          "method": {
            "type": "string",
            "description": "The HTTP method."
          },
          "host": {
            "type": "string",
            "description": "The upstream's host."
          },
          "path": {
            "type": "string",
            "description": "The path, without its query."
          },
          "endpoint": {
            "type": "string",
            "description": "The kind of endpoint, as chat.completions."
          },
          "stream": {
            "type": "boolean",
            "description": "True if a stream was asked for."
          },
          "organization": {
            "type": [
              "string",
              "null"
            ],
            "description": "The organization that the response named."
          },
          "project": {
            "type": "string",
            "description": "The project that the call is counted to."
          },
          "key": {
            "type": [
              "string",
              "null"
            ],
            "description": "The API key's fingerprint."
          },
          "tags": {
            "type": "object",
            "description": "The tags of the caller.",
            "additionalProperties": {
              "type": "string",
              "description": "The value of a tag."
            }
          },
          "requested_organization": {
            "type": [
              "string",
              "null"
            ],
            "description": "The organization that was asked for."
          },
          "requested_project": {
            "type": [
              "string",
              "null"
            ],
            "description": "The project that was asked for."
          },
          "request_model": {
            "type": [
              "string",
              "null"
            ],
            "description": "The model that was asked for."
          },
          "model": {
            "type": [
              "string",
              "null"
            ],
            "description": "The model that answered."
          },
          "requested_service_tier": {
            "type": [
              "string",
              "null"
            ],
            "description": "The tier that was asked for."
          },
          "service_tier": {
            "type": [
              "string",
              "null"
            ],
            "description": "The tier that served."
          },
          "background_window": {
            "type": [
              "string",
              "null"
            ],
            "description": "The window of a background request."
          },
          "request_bytes": {
            "type": [
              "integer",
              "null"
            ],
            "description": "The size of the request's body (bytes)."
          },
          "max_output_tokens": {
            "type": [
              "integer",
              "null"
            ],
            "description": "The limit that was asked for (tokens)."
          },
          "request_options": {
            "type": "object",
            "description": "What else bears on the cost.",
            "additionalProperties": {
              "description": "The value of an option."
            }
          },
          "status": {
            "type": [
              "integer",
              "null"
            ],
            "description": "The HTTP status."
          },
          "outcome": {
            "type": "string",
            "description": "completed, error, cut, client_disconnected, timeout, unreachable, abandoned, open, interrupted."
          },
          "finish": {
            "type": [
              "string",
              "null"
            ],
            "description": "The provider's reason for the end."
          },
          "error_type": {
            "type": [
              "string",
              "null"
            ],
            "description": "The type of the API's error."
          },
          "error_code": {
            "type": [
              "string",
              "null"
            ],
            "description": "The code of the API's error."
          },
          "request_id": {
            "type": [
              "string",
              "null"
            ],
            "description": "The provider's x-request-id."
          },
          "client_request_id": {
            "type": [
              "string",
              "null"
            ],
            "description": "The caller's X-Client-Request-Id."
          },
          "response_id": {
            "type": [
              "string",
              "null"
            ],
            "description": "The response's own id."
          },
          "edge_request_id": {
            "type": [
              "string",
              "null"
            ],
            "description": "The cf-ray of the network's edge."
          },
          "trace_id": {
            "type": [
              "string",
              "null"
            ],
            "description": "The W3C trace."
          },
          "diagnostics": {
            "type": "object",
            "description": "Fields of the response's head for a support ticket.",
            "additionalProperties": {
              "type": "string",
              "description": "The value of a field."
            }
          },
          "counted": {
            "type": "boolean",
            "description": "False for a call that only shows what another has used."
          },
          "usage_state": {
            "type": "string",
            "description": "How the usage is known, as reported."
          },
          "usage_source": {
            "type": [
              "string",
              "null"
            ],
            "description": "Where in the response the usage stood."
          },
          "input_tokens": {
            "type": [
              "integer",
              "null"
            ],
            "description": "The provider's counter (tokens)."
          },
          "cached_input_tokens": {
            "type": [
              "integer",
              "null"
            ],
            "description": "The provider's counter (tokens)."
          },
          "cache_write_tokens": {
            "type": [
              "integer",
              "null"
            ],
            "description": "The provider's counter (tokens)."
          },
          "audio_input_tokens": {
            "type": [
              "integer",
              "null"
            ],
            "description": "The provider's counter (tokens)."
          },
          "output_tokens": {
            "type": [
              "integer",
              "null"
            ],
            "description": "The provider's counter (tokens)."
          },
          "reasoning_tokens": {
            "type": [
              "integer",
              "null"
            ],
            "description": "The provider's counter (tokens)."
          },
          "total_tokens": {
            "type": [
              "integer",
              "null"
            ],
            "description": "The provider's counter (tokens)."
          },
          "cache_write_30m_tokens": {
            "type": "integer",
            "description": "The provider's counter, if it is reported (tokens)."
          },
          "cache_write_12h_tokens": {
            "type": "integer",
            "description": "The provider's counter, if it is reported (tokens)."
          },
          "text_input_tokens": {
            "type": "integer",
            "description": "The provider's counter, if it is reported (tokens)."
          },
          "image_input_tokens": {
            "type": "integer",
            "description": "The provider's counter, if it is reported (tokens)."
          },
          "cached_text_input_tokens": {
            "type": "integer",
            "description": "The provider's counter, if it is reported (tokens)."
          },
          "cached_audio_input_tokens": {
            "type": "integer",
            "description": "The provider's counter, if it is reported (tokens)."
          },
          "cached_image_input_tokens": {
            "type": "integer",
            "description": "The provider's counter, if it is reported (tokens)."
          },
          "text_output_tokens": {
            "type": "integer",
            "description": "The provider's counter, if it is reported (tokens)."
          },
          "audio_output_tokens": {
            "type": "integer",
            "description": "The provider's counter, if it is reported (tokens)."
          },
          "image_output_tokens": {
            "type": "integer",
            "description": "The provider's counter, if it is reported (tokens)."
          },
          "accepted_prediction_tokens": {
            "type": "integer",
            "description": "The provider's counter, if it is reported (tokens)."
          },
          "rejected_prediction_tokens": {
            "type": "integer",
            "description": "The provider's counter, if it is reported (tokens)."
          },
          "trained_tokens": {
            "type": "integer",
            "description": "The provider's counter, if it is reported (tokens)."
          },
          "audio_seconds": {
            "type": "integer",
            "description": "The provider's counter, if it is reported (tokens)."
          },
          "session_seconds": {
            "type": "integer",
            "description": "The provider's counter, if it is reported (tokens)."
          },
          "units": {
            "type": "object",
            "description": "What is billed by other units than tokens.",
            "additionalProperties": {
              "description": "The number of a unit."
            }
          },
          "tool_calls": {
            "type": "object",
            "description": "Calls of hosted tools.",
            "additionalProperties": {
              "type": "integer",
              "description": "The calls of a tool (calls)."
            }
          },
          "usage": {
            "description": "The provider's usage object, verbatim."
          },
          "cost_usd": {
            "type": [
              "number",
              "null"
            ],
            "description": "The cost, exact (USD)."
          },
          "cost_status": {
            "type": "string",
            "description": "exact, partial, unpriced, provider, free or none."
          },
          "cost_reason": {
            "type": [
              "string",
              "null"
            ],
            "description": "Why the cost is not known in full."
          },
          "cost_upper_bound_usd": {
            "type": [
              "number",
              "null"
            ],
            "description": "What it is at most, where it is not known (USD)."
          },
          "price_version": {
            "type": [
              "string",
              "null"
            ],
            "description": "The version of the price book."
          },
          "rate_limit": {
            "type": [
              "object",
              "null"
            ],
            "description": "The rate limits that the response told, by resource.",
            "additionalProperties": {
              "type": "object",
              "description": "A window.",
              "properties": {
                "limit": {
                  "type": [
                    "integer",
                    "null"
                  ],
                  "description": "The limit."
                },
                "remaining": {
                  "type": [
                    "integer",
                    "null"
                  ],
                  "description": "What was left at the response."
                },
                "reset_seconds": {
                  "type": [
                    "number",
                    "null"
                  ],
                  "description": "Until the window is full again (s)."
                }
              },
              "additionalProperties": false
            }
          }
        },
        "required": [
          "id",
          "operation_id",
          "attempt",
          "started_at",
          "duration_ms",
          "time_to_headers_ms",
          "time_to_first_token_ms",
          "processing_ms",
          "upstream_service_ms",
          "gateway_ms",
          "source",
          "client",
          "method",
          "host",
          "path",
          "endpoint",
          "stream",
          "organization",
          "project",
          "key",
          "tags",
          "requested_organization",
          "requested_project",
          "request_model",
          "model",
          "requested_service_tier",
          "service_tier",
          "background_window",
          "request_bytes",
          "max_output_tokens",
          "request_options",
          "status",
          "outcome",
          "finish",
          "error_type",
          "error_code",
          "request_id",
          "client_request_id",
          "response_id",
          "edge_request_id",
          "trace_id",
          "diagnostics",
          "counted",
          "usage_state",
          "usage_source",
          "input_tokens",
          "cached_input_tokens",
          "cache_write_tokens",
          "audio_input_tokens",
          "output_tokens",
          "reasoning_tokens",
          "total_tokens",
          "units",
          "tool_calls",
          "usage",
          "cost_usd",
          "cost_status",
          "cost_reason",
          "cost_upper_bound_usd",
          "price_version",
          "rate_limit"
        ],
        "additionalProperties": false
      },
      "Cost": {
        "type": "object",
        "properties": {
          "id": {
            "type": "string",
            "description": "The attempt."
          },
          "request_id": {
            "type": [
              "string",
              "null"
            ],
            "description": "The provider's x-request-id."
          },
          "started_at": {
            "type": "string",
            "format": "date-time",
            "description": "When it began."
          },
          "project": {
            "type": "string",
            "description": "The project."
          },
          "model": {
            "type": [
              "string",
              "null"
            ],
            "description": "The model."
          },
          "priced_as": {
            "type": [
              "string",
              "null"
            ],
            "description": "The model of the price."
          },
          "tier": {
            "type": [
              "string",
              "null"
            ],
            "description": "The service tier of the price."
          },
          "origin": {
            "type": [
              "string",
              "null"
            ],
            "description": "book, override or project."
          },
          "lines": {
            "type": "array",
            "description": "The items that add up to the cost.",
            "items": {
              "type": "object",
              "properties": {
                "part": {
                  "type": "string",
                  "description": "What is priced, as tokens."
                },
                "item": {
                  "type": "string",
                  "description": "The item, as input."
                },
                "model": {
                  "type": [
                    "string",
                    "null"
                  ],
                  "description": "The model of the price."
                },
                "quantity": {
                  "type": "string",
                  "pattern": "^-?[0-9]+(\\.[0-9]+)?$",
                  "description": "The quantity."
                },
                "unit": {
                  "type": "string",
                  "description": "The unit of the quantity."
                },
                "price_usd": {
                  "type": "number",
                  "description": "The price (USD)."
                },
                "units_per_price": {
                  "type": "integer",
                  "description": "How many units the price is for."
                },
                "billed_as": {
                  "type": [
                    "string",
                    "null"
                  ],
                  "description": "The item whose price counts, if it is another."
                },
                "tier": {
                  "type": [
                    "string",
                    "null"
                  ],
                  "description": "The service tier of the price."
                },
                "period": {
                  "type": "string",
                  "description": "When the price holds."
                },
                "modifiers": {
                  "type": "array",
                  "description": "The factors.",
                  "items": {
                    "type": "object",
                    "properties": {
                      "name": {
                        "type": "string",
                        "description": "The name of a factor."
                      },
                      "factor": {
                        "type": [
                          "string",
                          "null"
                        ],
                        "pattern": "^-?[0-9]+(\\.[0-9]+)?$",
                        "description": "The factor."
                      },
                      "level": {
                        "type": [
                          "string",
                          "null"
                        ],
                        "description": "Where a discount is stated, as project."
                      }
                    },
                    "additionalProperties": false,
                    "required": [
                      "name",
                      "factor",
                      "level"
                    ]
                  }
                },
                "subtotal_usd": {
                  "type": "number",
                  "description": "The item's part of the cost (USD)."
                }
              },
              "additionalProperties": false,
              "required": [
                "part",
                "item",
                "model",
                "quantity",
                "unit",
                "price_usd",
                "units_per_price",
                "billed_as",
                "tier",
                "period",
                "modifiers",
                "subtotal_usd"
              ]
            }
          },
          "gaps": {
            "type": "array",
            "description": "What has no price.",
            "items": {
              "type": "object",
              "properties": {
                "item": {
                  "type": "string",
                  "description": "The item."
                },
                "quantity": {
                  "type": [
                    "string",
                    "null"
                  ],
                  "pattern": "^-?[0-9]+(\\.[0-9]+)?$",
                  "description": "Its quantity."
                },
                "reason": {
                  "type": "string",
                  "description": "Why it has no price."
                }
              },
              "additionalProperties": false,
              "required": [
                "item",
                "quantity",
                "reason"
              ]
            }
          },
          "book": {
            "type": "object",
            "description": "The cost by the price book.",
            "properties": {
              "cost_usd": {
                "type": [
                  "number",
                  "null"
                ],
                "description": "The cost, exact (USD)."
              },
              "cost_status": {
                "type": "string",
                "description": "exact, partial, unpriced, provider, free or none."
              },
              "cost_reason": {
                "type": [
                  "string",
                  "null"
                ],
                "description": "Why the cost is not known in full."
              },
              "cost_upper_bound_usd": {
                "type": [
                  "number",
                  "null"
                ],
                "description": "What it is at most (USD)."
              },
              "price_version": {
                "type": [
                  "string",
                  "null"
                ],
                "description": "The version of the price book."
              }
            },
            "required": [
              "cost_usd",
              "cost_status",
              "cost_reason",
              "cost_upper_bound_usd",
              "price_version"
            ],
            "additionalProperties": false
          },
          "ledger": {
            "type": "object",
            "description": "The cost in the ledger.",
            "properties": {
              "cost_usd": {
                "type": [
                  "number",
                  "null"
                ],
                "description": "The cost, exact (USD)."
              },
              "cost_status": {
                "type": "string",
                "description": "exact, partial, unpriced, provider, free or none."
              },
              "cost_reason": {
                "type": [
                  "string",
                  "null"
                ],
                "description": "Why the cost is not known in full."
              },
              "cost_upper_bound_usd": {
                "type": [
                  "number",
                  "null"
                ],
                "description": "What it is at most (USD)."
              },
              "price_version": {
                "type": [
                  "string",
                  "null"
                ],
                "description": "The version of the price book."
              }
            },
            "required": [
              "cost_usd",
              "cost_status",
              "cost_reason",
              "cost_upper_bound_usd",
              "price_version"
            ],
            "additionalProperties": false
          },
          "is_same": {
            "type": "boolean",
            "description": "True if both are the same."
          }
        },
        "required": [
          "id",
          "request_id",
          "started_at",
          "project",
          "model",
          "priced_as",
          "tier",
          "origin",
          "lines",
          "gaps",
          "book",
          "ledger",
          "is_same"
        ],
        "additionalProperties": false
      },
      "FormerCosts": {
        "type": "object",
        "required": [
          "id",
          "former_costs"
        ],
        "additionalProperties": false,
        "properties": {
          "id": {
            "type": "string",
            "description": "The id of the attempt."
          },
          "former_costs": {
            "type": "array",
            "description": "The oldest first; empty for a call that was never repriced to another cost.",
            "items": {
              "type": "object",
              "required": [
                "repriced_at",
                "repriced_by",
                "cost_usd",
                "cost_status",
                "cost_reason",
                "price_version"
              ],
              "additionalProperties": false,
              "properties": {
                "repriced_at": {
                  "type": "string",
                  "format": "date-time",
                  "description": "When the run began that changed the cost."
                },
                "repriced_by": {
                  "type": "string",
                  "description": "The version of the price book of that run."
                },
                "cost_usd": {
                  "type": [
                    "number",
                    "null"
                  ],
                  "description": "The cost before it; null if none was known."
                },
                "cost_status": {
                  "type": "string",
                  "description": "As cost_status of a call."
                },
                "cost_reason": {
                  "type": [
                    "string",
                    "null"
                  ],
                  "description": "As cost_reason of a call."
                },
                "price_version": {
                  "type": [
                    "string",
                    "null"
                  ],
                  "description": "The version of the price book that had priced the call."
                }
              }
            }
          }
        }
      },
      "Reprices": {
        "type": "object",
        "required": [
          "runs"
        ],
        "additionalProperties": false,
        "properties": {
          "runs": {
            "type": "array",
            "description": "At most 1,000, the newest first.",
            "items": {
              "type": "object",
              "required": [
                "repriced_at",
                "price_version",
                "old_price_versions",
                "changed_calls",
                "old_cost_usd",
                "new_cost_usd",
                "difference_usd"
              ],
              "additionalProperties": false,
              "properties": {
                "repriced_at": {
                  "type": "string",
                  "format": "date-time",
                  "description": "When the run began."
                },
                "price_version": {
                  "type": "string",
                  "description": "The version of its price book."
                },
                "old_price_versions": {
                  "type": "array",
                  "items": {
                    "type": "string"
                  },
                  "description": "The versions that had priced the calls; at most 16."
                },
                "changed_calls": {
                  "type": "integer",
                  "description": "The calls whose cost, status or reason changed."
                },
                "old_cost_usd": {
                  "type": "number",
                  "description": "The sum of their known costs before."
                },
                "new_cost_usd": {
                  "type": "number",
                  "description": "The sum of their known costs after."
                },
                "difference_usd": {
                  "type": "number",
                  "description": "The difference."
                }
              }
            }
          }
        }
      },
      "Glance": {
        "type": "object",
        "additionalProperties": false,
        "required": [
          "ledgers",
          "at",
          "timezone",
          "today",
          "month",
          "projection",
          "days",
          "projects",
          "models",
          "errors"
        ],
        "properties": {
          "ledgers": {
            "type": "array",
            "items": {
              "type": "string"
            },
            "description": "The path of the ledger."
          },
          "at": {
            "type": "string",
            "format": "date-time",
            "description": "The time of the glance."
          },
          "timezone": {
            "type": "string",
            "description": "The time zone of days and months."
          },
          "today": {
            "type": "object",
            "additionalProperties": false,
            "required": [
              "day",
              "calls",
              "errors",
              "input_tokens",
              "output_tokens",
              "cost_usd",
              "unpriced_calls",
              "calls_without_usage",
              "other_calls",
              "open_calls"
            ],
            "properties": {
              "day": {
                "type": "string",
                "description": "Today."
              },
              "calls": {
                "type": "integer",
                "description": "Ended calls."
              },
              "errors": {
                "type": "integer",
                "description": "Failed calls."
              },
              "input_tokens": {
                "type": [
                  "integer",
                  "null"
                ],
                "description": "The input tokens; null if no call told them."
              },
              "output_tokens": {
                "type": [
                  "integer",
                  "null"
                ],
                "description": "The output tokens; null if no call told them."
              },
              "cost_usd": {
                "type": [
                  "number",
                  "null"
                ],
                "description": "The known cost, exact (USD); null if none is known."
              },
              "unpriced_calls": {
                "type": "integer",
                "description": "Calls without a complete price."
              },
              "calls_without_usage": {
                "type": "integer",
                "description": "Calls whose usage is missing although expected."
              },
              "other_calls": {
                "type": "integer",
                "description": "Calls to unknown endpoints."
              },
              "open_calls": {
                "type": "integer",
                "description": "Calls in flight, which nothing else includes."
              }
            }
          },
          "month": {
            "type": "object",
            "additionalProperties": false,
            "required": [
              "month",
              "calls",
              "errors",
              "input_tokens",
              "output_tokens",
              "cost_usd",
              "unpriced_calls",
              "calls_without_usage",
              "other_calls",
              "open_calls"
            ],
            "properties": {
              "month": {
                "type": "string",
                "description": "This month, as 2026-11."
              },
              "calls": {
                "type": "integer",
                "description": "Ended calls."
              },
              "errors": {
                "type": "integer",
                "description": "Failed calls."
              },
              "input_tokens": {
                "type": [
                  "integer",
                  "null"
                ],
                "description": "The input tokens; null if no call told them."
              },
              "output_tokens": {
                "type": [
                  "integer",
                  "null"
                ],
                "description": "The output tokens; null if no call told them."
              },
              "cost_usd": {
                "type": [
                  "number",
                  "null"
                ],
                "description": "The known cost, exact (USD); null if none is known."
              },
              "unpriced_calls": {
                "type": "integer",
                "description": "Calls without a complete price."
              },
              "calls_without_usage": {
                "type": "integer",
                "description": "Calls whose usage is missing although expected."
              },
              "other_calls": {
                "type": "integer",
                "description": "Calls to unknown endpoints."
              },
              "open_calls": {
                "type": "integer",
                "description": "Calls in flight, which nothing else includes."
              }
            }
          },
          "projection": {
            "type": "object",
            "additionalProperties": false,
            "required": [
              "month",
              "cost_usd",
              "state",
              "elapsed_seconds"
            ],
            "description": "The cost of the whole month at the rate so far.",
            "properties": {
              "month": {
                "type": "string",
                "description": "The month."
              },
              "cost_usd": {
                "type": [
                  "number",
                  "null"
                ],
                "description": "The projected cost (USD); null unless state is projected."
              },
              "state": {
                "enum": [
                  "projected",
                  "too_early",
                  "unknown_cost",
                  "no_calls"
                ],
                "description": "Whether there is a projection, or why not."
              },
              "elapsed_seconds": {
                "type": "integer",
                "description": "The time that the rate is of."
              }
            }
          },
          "days": {
            "type": "array",
            "items": {
              "type": "object",
              "additionalProperties": false,
              "required": [
                "day",
                "calls",
                "errors",
                "input_tokens",
                "output_tokens",
                "cost_usd",
                "unpriced_calls",
                "calls_without_usage",
                "other_calls",
                "open_calls"
              ],
              "properties": {
                "day": {
                  "type": "string",
                  "description": "The day."
                },
                "calls": {
                  "type": "integer",
                  "description": "Ended calls."
                },
                "errors": {
                  "type": "integer",
                  "description": "Failed calls."
                },
                "input_tokens": {
                  "type": [
                    "integer",
                    "null"
                  ],
                  "description": "The input tokens; null if no call told them."
                },
                "output_tokens": {
                  "type": [
                    "integer",
                    "null"
                  ],
                  "description": "The output tokens; null if no call told them."
                },
                "cost_usd": {
                  "type": [
                    "number",
                    "null"
                  ],
                  "description": "The known cost, exact (USD); null if none is known."
                },
                "unpriced_calls": {
                  "type": "integer",
                  "description": "Calls without a complete price."
                },
                "calls_without_usage": {
                  "type": "integer",
                  "description": "Calls whose usage is missing although expected."
                },
                "other_calls": {
                  "type": "integer",
                  "description": "Calls to unknown endpoints."
                },
                "open_calls": {
                  "type": "integer",
                  "description": "Calls in flight, which nothing else includes."
                }
              }
            },
            "description": "The last 14 days, the oldest first."
          },
          "projects": {
            "type": "array",
            "items": {
              "type": "object",
              "additionalProperties": false,
              "required": [
                "project",
                "calls",
                "errors",
                "input_tokens",
                "output_tokens",
                "cost_usd",
                "share",
                "unpriced_calls",
                "calls_without_usage",
                "other_calls",
                "open_calls"
              ],
              "properties": {
                "project": {
                  "type": [
                    "string",
                    "null"
                  ],
                  "description": "The project."
                },
                "calls": {
                  "type": "integer",
                  "description": "Ended calls."
                },
                "errors": {
                  "type": "integer",
                  "description": "Failed calls."
                },
                "input_tokens": {
                  "type": [
                    "integer",
                    "null"
                  ],
                  "description": "The input tokens; null if no call told them."
                },
                "output_tokens": {
                  "type": [
                    "integer",
                    "null"
                  ],
                  "description": "The output tokens; null if no call told them."
                },
                "cost_usd": {
                  "type": [
                    "number",
                    "null"
                  ],
                  "description": "The known cost, exact (USD); null if none is known."
                },
                "share": {
                  "type": [
                    "number",
                    "null"
                  ],
                  "description": "The part of the month's cost, from 0 to 1."
                },
                "unpriced_calls": {
                  "type": "integer",
                  "description": "Calls without a complete price."
                },
                "calls_without_usage": {
                  "type": "integer",
                  "description": "Calls whose usage is missing although expected."
                },
                "other_calls": {
                  "type": "integer",
                  "description": "Calls to unknown endpoints."
                },
                "open_calls": {
                  "type": "integer",
                  "description": "Calls in flight, which nothing else includes."
                }
              }
            },
            "description": "This month by project."
          },
          "models": {
            "type": "array",
            "items": {
              "type": "object",
              "additionalProperties": false,
              "required": [
                "model",
                "calls",
                "errors",
                "input_tokens",
                "output_tokens",
                "cost_usd",
                "share",
                "unpriced_calls",
                "calls_without_usage",
                "other_calls",
                "open_calls"
              ],
              "properties": {
                "model": {
                  "type": [
                    "string",
                    "null"
                  ],
                  "description": "The model."
                },
                "calls": {
                  "type": "integer",
                  "description": "Ended calls."
                },
                "errors": {
                  "type": "integer",
                  "description": "Failed calls."
                },
                "input_tokens": {
                  "type": [
                    "integer",
                    "null"
                  ],
                  "description": "The input tokens; null if no call told them."
                },
                "output_tokens": {
                  "type": [
                    "integer",
                    "null"
                  ],
                  "description": "The output tokens; null if no call told them."
                },
                "cost_usd": {
                  "type": [
                    "number",
                    "null"
                  ],
                  "description": "The known cost, exact (USD); null if none is known."
                },
                "share": {
                  "type": [
                    "number",
                    "null"
                  ],
                  "description": "The part of the month's cost, from 0 to 1."
                },
                "unpriced_calls": {
                  "type": "integer",
                  "description": "Calls without a complete price."
                },
                "calls_without_usage": {
                  "type": "integer",
                  "description": "Calls whose usage is missing although expected."
                },
                "other_calls": {
                  "type": "integer",
                  "description": "Calls to unknown endpoints."
                },
                "open_calls": {
                  "type": "integer",
                  "description": "Calls in flight, which nothing else includes."
                }
              }
            },
            "description": "This month by model."
          },
          "errors": {
            "type": "array",
            "description": "The failed calls of this month by reason, the most frequent first.",
            "items": {
              "type": "object",
              "additionalProperties": false,
              "required": [
                "error",
                "status",
                "outcome",
                "calls"
              ],
              "properties": {
                "error": {
                  "type": [
                    "string",
                    "null"
                  ],
                  "description": "The code or type of the API's error."
                },
                "status": {
                  "type": [
                    "integer",
                    "null"
                  ],
                  "description": "The HTTP status."
                },
                "outcome": {
                  "type": [
                    "string",
                    "null"
                  ],
                  "description": "The outcome."
                },
                "calls": {
                  "type": "integer",
                  "description": "The calls."
                }
              }
            }
          }
        }
      },
      "Live": {
        "type": "object",
        "additionalProperties": false,
        "required": [
          "at",
          "limit",
          "calls"
        ],
        "properties": {
          "at": {
            "type": "string",
            "format": "date-time",
            "description": "The gateway's time."
          },
          "limit": {
            "type": "integer",
            "description": "The most calls of an answer; of more, the newest are given."
          },
          "calls": {
            "type": "array",
            "items": {
              "$ref": "#/components/schemas/Call"
            },
            "description": "The calls, the oldest first."
          }
        }
      },
      "Limits": {
        "type": "object",
        "additionalProperties": false,
        "required": [
          "limits"
        ],
        "properties": {
          "limits": {
            "type": "array",
            "items": {
              "type": "object",
              "additionalProperties": false,
              "required": [
                "project",
                "model",
                "organization",
                "observed_at",
                "call_id",
                "rate_limit"
              ],
              "properties": {
                "project": {
                  "type": "string",
                  "description": "The project."
                },
                "model": {
                  "type": [
                    "string",
                    "null"
                  ],
                  "description": "The model."
                },
                "organization": {
                  "type": [
                    "string",
                    "null"
                  ],
                  "description": "The organization."
                },
                "observed_at": {
                  "type": "string",
                  "format": "date-time",
                  "description": "When the limits arrived."
                },
                "call_id": {
                  "type": "string",
                  "description": "The call whose response had them."
                },
                "rate_limit": {
                  "type": "object",
                  "description": "The windows by resource, as requests and tokens.",
                  "additionalProperties": {
                    "type": "object",
                    "additionalProperties": false,
                    "required": [
                      "limit",
                      "remaining",
                      "reset_seconds"
                    ],
                    "properties": {
                      "limit": {
                        "type": [
                          "integer",
                          "null"
                        ],
                        "description": "The limit."
                      },
                      "remaining": {
                        "type": [
                          "integer",
                          "null"
                        ],
                        "description": "What was left at the response."
                      },
                      "reset_seconds": {
                        "type": [
                          "number",
                          "null"
                        ],
                        "description": "Until the window is full again, from observed_at on."
                      }
                    }
                  }
                }
              }
            },
            "description": "One object for each project and model."
          }
        }
      },
      "Status": {
        "type": "object",
        "additionalProperties": false,
        "required": [
          "version",
          "at",
          "keeps_calls",
          "ready",
          "trouble",
          "client_base_url",
          "upstream",
          "routes",
          "price_version"
        ],
        "properties": {
          "version": {
            "type": "string",
            "description": "The version of the program."
          },
          "at": {
            "type": "string",
            "format": "date-time",
            "description": "The gateway's time."
          },
          "keeps_calls": {
            "type": "boolean",
            "description": "False for a gateway without a ledger, of which nothing else can be read."
          },
          "ready": {
            "type": "boolean",
            "description": "True if calls are accepted and kept."
          },
          "trouble": {
            "type": [
              "string",
              "null"
            ],
            "description": "Why the ledger cannot be written; null if it can."
          },
          "client_base_url": {
            "type": "string",
            "description": "The base URL for clients."
          },
          "upstream": {
            "type": "string",
            "description": "Where calls without a route go."
          },
          "routes": {
            "type": "array",
            "description": "Where calls go by the beginning of their paths.",
            "items": {
              "type": "object",
              "additionalProperties": false,
              "required": [
                "prefix",
                "upstream"
              ],
              "properties": {
                "prefix": {
                  "type": "string",
                  "description": "The beginning of a path."
                },
                "upstream": {
                  "type": "string",
                  "description": "Where its calls go."
                }
              }
            }
          },
          "price_version": {
            "type": "string",
            "description": "The version of the price book."
          }
        }
      },
      "Budgets": {
        "type": "object",
        "additionalProperties": false,
        "required": [
          "budgets"
        ],
        "properties": {
          "budgets": {
            "type": "array",
            "description": "The budgets, in the order of the configuration.",
            "items": {
              "type": "object",
              "additionalProperties": false,
              "required": [
                "budget",
                "unit",
                "timezone",
                "window_start",
                "window_end",
                "amount_usd",
                "spent_usd",
                "forecast_usd",
                "calls",
                "calls_without_full_price"
              ],
              "properties": {
                "budget": {
                  "type": "string",
                  "description": "The name."
                },
                "unit": {
                  "enum": [
                    "day",
                    "week",
                    "month",
                    "quarter",
                    "year"
                  ],
                  "description": "The window."
                },
                "timezone": {
                  "type": "string",
                  "description": "The time zone of the calendar."
                },
                "window_start": {
                  "type": "string",
                  "format": "date-time",
                  "description": "The start of the present window."
                },
                "window_end": {
                  "type": "string",
                  "format": "date-time",
                  "description": "Its end, exclusive."
                },
                "amount_usd": {
                  "type": "number",
                  "description": "The amount for a window."
                },
                "spent_usd": {
                  "type": "number",
                  "description": "The known cost in the window."
                },
                "forecast_usd": {
                  "type": [
                    "number",
                    "null"
                  ],
                  "description": "The cost at the window's end at the pace so far; null at its beginning."
                },
                "calls": {
                  "type": "integer",
                  "description": "All calls in the window."
                },
                "calls_without_full_price": {
                  "type": "integer",
                  "description": "Calls whose cost is not known, or only in part."
                }
              }
            }
          }
        }
      },
      "Reconciliation": {
        "type": "object",
        "additionalProperties": false,
        "required": [
          "reconciliation"
        ],
        "properties": {
          "reconciliation": {
            "oneOf": [
              {
                "type": "null"
              },
              {
                "$ref": "#/components/schemas/ReconciliationResult"
              }
            ]
          }
        }
      },
      "ReconciliationResult": {
        "type": "object",
        "additionalProperties": false,
        "required": [
          "version",
          "reconciled_at",
          "projects",
          "report"
        ],
        "properties": {
          "version": {
            "const": 1,
            "description": "The version of the result."
          },
          "reconciled_at": {
            "type": "string",
            "format": "date-time",
            "description": "When oai-usage reconcile ran."
          },
          "projects": {
            "type": "array",
            "description": "The costs by project, the most expensive first.",
            "items": {
              "type": "object",
              "additionalProperties": false,
              "required": [
                "project",
                "our_cost_usd",
                "their_cost_usd",
                "common_cost_usd",
                "drift_usd",
                "difference_usd",
                "cost_coverage_percent",
                "drift_percent"
              ],
              "properties": {
                "project": {
                  "type": [
                    "string",
                    "null"
                  ],
                  "description": "The project; null for the sum of those beyond the first 1,000."
                },
                "our_cost_usd": {
                  "type": "number",
                  "description": "The ledger's cost."
                },
                "their_cost_usd": {
                  "type": "number",
                  "description": "The provider's cost."
                },
                "common_cost_usd": {
                  "type": "number",
                  "description": "The part of the provider's cost that the ledger has."
                },
                "drift_usd": {
                  "type": "number",
                  "description": "The sum of the absolute differences by day and model, without what is pending."
                },
                "difference_usd": {
                  "type": "number",
                  "description": "The provider's cost less ours."
                },
                "cost_coverage_percent": {
                  "type": [
                    "number",
                    "null"
                  ],
                  "description": "The part of the provider's cost that the ledger has."
                },
                "drift_percent": {
                  "type": [
                    "number",
                    "null"
                  ],
                  "description": "The drift as a part of the provider's cost."
                }
              }
            }
          },
          "report": {
            "$ref": "#/components/schemas/ReconciliationReport"
          }
        }
      },
      "ReconciliationReport": {
        "type": "object",
        "additionalProperties": false,
        "required": [
          "from",
          "to",
          "as_of",
          "width",
          "has_costs",
          "group_by",
          "rows",
          "causes",
          "totals",
          "unrecognized_line_items",
          "restatements",
          "notes"
        ],
        "properties": {
          "from": {
            "type": "string",
            "format": "date-time",
            "description": "The start of the range, midnight UTC."
          },
          "to": {
            "type": "string",
            "format": "date-time",
            "description": "Its end, exclusive."
          },
          "as_of": {
            "type": "string",
            "format": "date-time",
            "description": "The time of the provider's latest answer."
          },
          "width": {
            "enum": [
              "hour",
              "day"
            ],
            "description": "The length of the buckets of usage."
          },
          "has_costs": {
            "type": "boolean",
            "description": "False if the provider's usage at our prices stands for its costs."
          },
          "group_by": {
            "type": "array",
            "maxItems": 0,
            "description": "Empty."
          },
          "rows": {
            "type": "array",
            "description": "The row of everything.",
            "items": {
              "type": "object",
              "additionalProperties": false,
              "required": [
                "ours",
                "theirs",
                "difference_usd"
              ],
              "properties": {
                "ours": {
                  "type": "object",
                  "additionalProperties": false,
                  "required": [
                    "calls",
                    "input_tokens",
                    "cached_input_tokens",
                    "output_tokens",
                    "cost_usd"
                  ],
                  "properties": {
                    "calls": {
                      "type": [
                        "integer",
                        "null"
                      ],
                      "description": "Calls; null without the provider's usage."
                    },
                    "input_tokens": {
                      "type": [
                        "integer",
                        "null"
                      ],
                      "description": "All input."
                    },
                    "cached_input_tokens": {
                      "type": [
                        "integer",
                        "null"
                      ],
                      "description": "Input read from the cache."
                    },
                    "output_tokens": {
                      "type": [
                        "integer",
                        "null"
                      ],
                      "description": "All output."
                    },
                    "cost_usd": {
                      "type": [
                        "number",
                        "null"
                      ],
                      "description": "The cost, exact."
                    }
                  },
                  "description": "The ledger's sums."
                },
                "theirs": {
                  "type": "object",
                  "additionalProperties": false,
                  "required": [
                    "calls",
                    "input_tokens",
                    "cached_input_tokens",
                    "output_tokens",
                    "cost_usd"
                  ],
                  "properties": {
                    "calls": {
                      "type": [
                        "integer",
                        "null"
                      ],
                      "description": "Calls; null without the provider's usage."
                    },
                    "input_tokens": {
                      "type": [
                        "integer",
                        "null"
                      ],
                      "description": "All input."
                    },
                    "cached_input_tokens": {
                      "type": [
                        "integer",
                        "null"
                      ],
                      "description": "Input read from the cache."
                    },
                    "output_tokens": {
                      "type": [
                        "integer",
                        "null"
                      ],
                      "description": "All output."
                    },
                    "cost_usd": {
                      "type": [
                        "number",
                        "null"
                      ],
                      "description": "The cost, exact."
                    }
                  },
                  "description": "The provider's sums."
                },
                "difference_usd": {
                  "type": [
                    "number",
                    "null"
                  ],
                  "description": "The provider's cost less ours."
                },
                "unpriced_calls": {
                  "type": "integer",
                  "description": "Calls of ours without a full price, whose cost is unknown or known in part."
                }
              }
            }
          },
          "causes": {
            "type": "array",
            "description": "The causes, the remainder last; they add up to the difference.",
            "items": {
              "type": "object",
              "additionalProperties": false,
              "required": [
                "cause",
                "calls",
                "call_difference",
                "tokens",
                "token_difference",
                "cost_difference_usd",
                "meaning"
              ],
              "properties": {
                "cause": {
                  "type": "string",
                  "description": "The cause; remainder is what none explains."
                },
                "calls": {
                  "type": "integer",
                  "description": "The calls concerned, at most."
                },
                "call_difference": {
                  "type": "integer",
                  "description": "The provider's calls less ours."
                },
                "tokens": {
                  "type": "integer",
                  "description": "The tokens concerned."
                },
                "token_difference": {
                  "type": "integer",
                  "description": "The provider's tokens less ours."
                },
                "cost_difference_usd": {
                  "type": "number",
                  "description": "The provider's cost less ours, exact."
                },
                "meaning": {
                  "type": "string",
                  "description": "The cause in a sentence."
                }
              }
            }
          },
          "totals": {
            "type": "object",
            "additionalProperties": false,
            "required": [
              "ours",
              "theirs",
              "difference_usd",
              "call_difference",
              "token_difference",
              "calls_without_usage",
              "call_coverage_percent",
              "token_coverage_percent",
              "cost_coverage_percent",
              "drift_percent",
              "pending_usd"
            ],
            "properties": {
              "ours": {
                "type": "object",
                "additionalProperties": false,
                "required": [
                  "calls",
                  "input_tokens",
                  "cached_input_tokens",
                  "output_tokens",
                  "cost_usd"
                ],
                "properties": {
                  "calls": {
                    "type": [
                      "integer",
                      "null"
                    ],
                    "description": "Calls; null without the provider's usage."
                  },
                  "input_tokens": {
                    "type": [
                      "integer",
                      "null"
                    ],
                    "description": "All input."
                  },
                  "cached_input_tokens": {
                    "type": [
                      "integer",
                      "null"
                    ],
                    "description": "Input read from the cache."
                  },
                  "output_tokens": {
                    "type": [
                      "integer",
                      "null"
                    ],
                    "description": "All output."
                  },
                  "cost_usd": {
                    "type": [
                      "number",
                      "null"
                    ],
                    "description": "The cost, exact."
                  }
                },
                "description": "The ledger's sums."
              },
              "theirs": {
                "type": "object",
                "additionalProperties": false,
                "required": [
                  "calls",
                  "input_tokens",
                  "cached_input_tokens",
                  "output_tokens",
                  "cost_usd"
                ],
                "properties": {
                  "calls": {
                    "type": [
                      "integer",
                      "null"
                    ],
                    "description": "Calls; null without the provider's usage."
                  },
                  "input_tokens": {
                    "type": [
                      "integer",
                      "null"
                    ],
                    "description": "All input."
                  },
                  "cached_input_tokens": {
                    "type": [
                      "integer",
                      "null"
                    ],
                    "description": "Input read from the cache."
                  },
                  "output_tokens": {
                    "type": [
                      "integer",
                      "null"
                    ],
                    "description": "All output."
                  },
                  "cost_usd": {
                    "type": [
                      "number",
                      "null"
                    ],
                    "description": "The cost, exact."
                  }
                },
                "description": "The provider's sums."
              },
              "difference_usd": {
                "type": [
                  "number",
                  "null"
                ],
                "description": "The provider's cost less ours."
              },
              "unpriced_calls": {
                "type": "integer",
                "description": "Calls of ours without a full price, whose cost is unknown or known in part."
              },
              "call_difference": {
                "type": "integer",
                "description": "The provider's calls less ours."
              },
              "token_difference": {
                "type": "integer",
                "description": "The provider's tokens less ours."
              },
              "calls_without_usage": {
                "type": "integer",
                "description": "Calls of ours whose usage did not arrive."
              },
              "call_coverage_percent": {
                "type": [
                  "number",
                  "null"
                ],
                "description": "The provider's calls that we have with their usage."
              },
              "token_coverage_percent": {
                "type": [
                  "number",
                  "null"
                ],
                "description": "The provider's tokens that we have."
              },
              "cost_coverage_percent": {
                "type": [
                  "number",
                  "null"
                ],
                "description": "The provider's costs that we have."
              },
              "drift_percent": {
                "type": [
                  "number",
                  "null"
                ],
                "description": "Absolute differences by day, project and model, of the provider's cost."
              },
              "pending_usd": {
                "type": "number",
                "description": "The difference that may disappear until the days have settled."
              }
            },
            "description": "The sums."
          },
          "unrecognized_line_items": {
            "type": "array",
            "description": "The line items that are not understood.",
            "items": {
              "type": "object",
              "additionalProperties": false,
              "required": [
                "line_item",
                "cost_usd"
              ],
              "properties": {
                "line_item": {
                  "type": "string",
                  "description": "The name."
                },
                "cost_usd": {
                  "type": "number",
                  "description": "The cost."
                }
              }
            }
          },
          "restatements": {
            "type": "array",
            "description": "The buckets that the provider changed after they had settled.",
            "items": {
              "type": "object",
              "additionalProperties": false,
              "required": [
                "kind",
                "start",
                "before",
                "after",
                "call_difference",
                "token_difference",
                "cost_difference_usd"
              ],
              "properties": {
                "kind": {
                  "type": "string",
                  "description": "The kind of usage, or costs."
                },
                "start": {
                  "type": "string",
                  "format": "date-time",
                  "description": "The start of the bucket."
                },
                "before": {
                  "type": "string",
                  "format": "date-time",
                  "description": "The last answer before the change."
                },
                "after": {
                  "type": "string",
                  "format": "date-time",
                  "description": "The first answer after it."
                },
                "call_difference": {
                  "type": "integer",
                  "description": "The change of the requests."
                },
                "token_difference": {
                  "type": "integer",
                  "description": "The change of the tokens."
                },
                "cost_difference_usd": {
                  "type": "number",
                  "description": "The change of the costs."
                }
              }
            }
          },
          "notes": {
            "type": "array",
            "description": "What the comparison leaves out, in sentences.",
            "items": {
              "type": "string"
            }
          }
        }
      },
      "Error": {
        "type": "object",
        "additionalProperties": false,
        "required": [
          "error"
        ],
        "properties": {
          "error": {
            "type": "object",
            "additionalProperties": false,
            "required": [
              "message",
              "type",
              "param",
              "code"
            ],
            "properties": {
              "message": {
                "type": "string",
                "description": "The problem, and how to solve it."
              },
              "type": {
                "type": "string",
                "description": "The class of the error."
              },
              "param": {
                "type": [
                  "string",
                  "null"
                ],
                "description": "The invalid parameter."
              },
              "code": {
                "type": [
                  "string",
                  "null"
                ],
                "description": "A stable code."
              }
            }
          }
        }
      },
      "Tags": {
        "type": "object",
        "required": [
          "tags"
        ],
        "additionalProperties": false,
        "properties": {
          "tags": {
            "type": "array",
            "items": {
              "type": "string"
            },
            "maxItems": 100
          }
        }
      },
      "Identities": {
        "type": "object",
        "required": [
          "identities"
        ],
        "additionalProperties": false,
        "properties": {
          "identities": {
            "type": "array",
            "items": {
              "type": "string"
            },
            "maxItems": 20
          }
        }
      }
    }
  }
}
"""#
}
