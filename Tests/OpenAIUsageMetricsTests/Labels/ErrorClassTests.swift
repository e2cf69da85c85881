import OpenAIUsage
import Testing

@testable import OpenAIUsageMetrics

@Suite("Classes of errors")
struct ErrorClassTests {
    @Test(
        "A status of 400 or more is told by code, type and status, in this order",
        arguments: [
            (400, "invalid_request_error", "context_length_exceeded", .invalidRequest),
            (400, "invalid_request_error", nil, .invalidRequest), (400, nil, nil, .invalidRequest),
            (401, "invalid_request_error", "invalid_api_key", .authentication),
            (401, "invalid_request_error", "mismatched_organization", .authentication),
            (401, "invalid_request_error", nil, .authentication), (401, nil, nil, .authentication),
            (402, nil, nil, .insufficientQuota),
            (403, nil, "unsupported_country_region_territory", .permission), (403, nil, nil, .permission),
            (403, "invalid_request_error", nil, .permission),
            (404, "invalid_request_error", "model_not_found", .notFound), (404, nil, nil, .notFound),
            (408, nil, nil, .readTimeout), (409, nil, nil, .invalidRequest), (413, nil, nil, .invalidRequest),
            (429, "tokens", "rate_limit_exceeded", .rateLimitExceeded), (429, "requests", nil, .rateLimitExceeded),
            (429, nil, "429", .rateLimitExceeded), (429, nil, nil, .rateLimitExceeded),
            (429, "insufficient_quota", "insufficient_quota", .insufficientQuota),
            (429, "insufficient_quota", "project_spend_limit_exceeded", .insufficientQuota),
            (429, "insufficient_quota", "something_new", .insufficientQuota),
            (429, nil, "credit_balance_exhausted", .insufficientQuota),
            (429, nil, "organization_spend_limit_exceeded", .insufficientQuota),
            (429, nil, "organization_usage_limit_exceeded", .insufficientQuota),
            (429, nil, "resource_unavailable", .overloaded), (429, "service_unavailable_error", nil, .overloaded),
            (500, "server_error", nil, .serverError), (500, nil, nil, .serverError), (502, nil, nil, .serverError),
            (503, "service_unavailable_error", "slow_down", .overloaded),
            (503, nil, "server_is_overloaded", .overloaded), (503, "server_error", nil, .serverError),
            (503, nil, nil, .overloaded), (504, nil, nil, .serverError), (520, nil, nil, .serverError),
            (529, "overloaded_error", nil, .overloaded), (999, nil, nil, .serverError),
        ] as [(Int, String?, String?, ErrorClass)]
    )
    func status(_ status: Int, _ type: String?, _ code: String?, _ expected: ErrorClass) {
        #expect(ErrorClass(.failure(status, type: type, code: code)) == expected)
        // However the attempt then ended, the API had said what was wrong; reports count a disconnect as no error.
        #expect(ErrorClass(.failure(status, .cut, type: type, code: code)) == expected)
        #expect(ErrorClass(.failure(status, .clientDisconnected, type: type, code: code)) == nil)
    }

    @Test(
        "An error under a status of success is told by code and type",
        arguments: [
            ("server_error", nil, .serverError), (nil, "server_error", .serverError), (nil, nil, .serverError),
            (nil, "rate_limit_exceeded", .rateLimitExceeded), ("tokens", nil, .rateLimitExceeded),
            ("invalid_request_error", nil, .invalidRequest), (nil, "invalid_prompt", .invalidRequest),
            (nil, "bio_policy", .invalidRequest), (nil, "data_residency_mismatch", .invalidRequest),
            (nil, "invalid_image_format", .invalidRequest), (nil, "image_too_large", .invalidRequest),
            (nil, "vector_store_timeout", .serverError), (nil, "billing_not_active", .insufficientQuota),
            ("authentication_error", nil, .authentication), ("permission_error", nil, .permission),
            ("not_found_error", nil, .notFound), ("invalid_request_error", "model_not_found", .notFound),
            (nil, "something_new", .serverError), ("overloaded_error", nil, .overloaded),
        ] as [(String?, String?, ErrorClass)]
    )
    func success(_ type: String?, _ code: String?, _ expected: ErrorClass) {
        #expect(ErrorClass(.failure(200, type: type, code: code)) == expected)
    }

    @Test(
        "Without an answer it is told by the outcome",
        arguments: [
            (nil, .unreachable, .connectError), (nil, .timeout, .readTimeout), (200, .timeout, .readTimeout),
            (200, .cut, .streamInterrupted), (200, .interrupted, nil),
            (200, .clientDisconnected, nil), (nil, .clientDisconnected, nil),
            (200, .abandoned, nil), (nil, .error, .protocolError), (200, .completed, nil),
            (204, .completed, nil), (304, .completed, nil), (nil, .open, nil), (200, .open, nil),
        ] as [(Int?, Outcome, ErrorClass?)]
    )
    func outcome(_ status: Int?, _ outcome: Outcome, _ expected: ErrorClass?) {
        #expect(ErrorClass(.failure(status, outcome)) == expected)
    }

    @Test("The time limit of the connection is told apart from that of the answer")
    func connectTimeout() {
        #expect(ErrorClass(.failure(nil, .timeout, code: "upstream_connect_timeout")) == .connectTimeout)
    }

    @Test("A page of a proxy under a status of success is an error of the protocol")
    func unparsable() {
        var record = CallRecord.failure(200)
        record.usageState = .unparsable
        #expect(ErrorClass(record) == .protocolError)
    }

    @Test("Every outcome that reports count as an error has a class, and no other has one")
    func total() {
        for outcome in Outcome.allCases {
            for status in [nil, 200, 302, 400, 429, 500] as [Int?] {
                #expect((ErrorClass(.failure(status, outcome)) != nil) == outcome.isError)
            }
        }
        #expect(Outcome.allCases.filter(\.isError) == [.error, .cut, .timeout, .unreachable])
        #expect(Set(ErrorClass.allCases.map(\.rawValue)).count == 13)
    }
}
