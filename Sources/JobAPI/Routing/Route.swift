/// Everything that the API answers. Closed: a new endpoint does not compile until it has a route and a handler.
enum Endpoint: String, CaseIterable, Sendable {
    case putBlob, postBlob, getBlob
    case createJob, listJobs, getJob, cancelJob, retryJob, approveJob, rejectJob, jobStatuses
    case createWorkflow, getWorkflow
    case listRecipes, putDefaultRecipe, putRecipe, getRecipe
    case listBackgrounds, putBackground, getBackground
    case listQueues, pauseQueue, resumeQueue, listLimits, putLimits
    case kinds, openAPI, health, readiness
}

/// How an endpoint is reached; the table below is what the router, the OpenAPI test and `405 Allow` go by.
struct Route: Sendable {
    enum Access: Sendable, Equatable {
        case open
        case anyKey
        case scope(APIScope)
    }

    enum Body: Sendable { case none, json, blob }

    let endpoint: Endpoint
    /// GET stands for HEAD as well.
    let method: String
    /// Parts in braces are parameters: `{sha256}` takes 64 lower-case hexadecimal digits, `{id}` a UUID, `{name}` what
    /// `LibraryReference.isName` allows.
    let template: String
    let access: Access
    var body = Body.none

    static let table: [Route] = Endpoint.allCases.map { $0.route }
}

extension Endpoint {
    var route: Route {
        switch self {
        case .putBlob:
            Route(
                endpoint: self, method: "PUT", template: "/v1/blobs/{sha256}", access: .scope(.jobsWrite), body: .blob)
        case .postBlob:
            Route(endpoint: self, method: "POST", template: "/v1/blobs", access: .scope(.jobsWrite), body: .blob)
        case .getBlob: Route(endpoint: self, method: "GET", template: "/v1/blobs/{sha256}", access: .scope(.jobsRead))
        case .createJob:
            Route(endpoint: self, method: "POST", template: "/v1/jobs", access: .scope(.jobsWrite), body: .json)
        case .listJobs: Route(endpoint: self, method: "GET", template: "/v1/jobs", access: .scope(.jobsRead))
        case .getJob: Route(endpoint: self, method: "GET", template: "/v1/jobs/{id}", access: .scope(.jobsRead))
        case .cancelJob:
            Route(endpoint: self, method: "POST", template: "/v1/jobs/{id}/cancel", access: .scope(.jobsWrite))
        case .retryJob:
            Route(endpoint: self, method: "POST", template: "/v1/jobs/{id}/retry", access: .scope(.jobsWrite))
        case .approveJob:
            Route(endpoint: self, method: "POST", template: "/v1/jobs/{id}/approve", access: .scope(.jobsReview))
        case .rejectJob:
            Route(
                endpoint: self, method: "POST", template: "/v1/jobs/{id}/reject", access: .scope(.jobsReview),
                body: .json)
        case .listQueues: Route(endpoint: self, method: "GET", template: "/v1/queues", access: .scope(.queuesAdmin))
        case .pauseQueue:
            Route(endpoint: self, method: "POST", template: "/v1/queues/{name}/pause", access: .scope(.queuesAdmin))
        case .resumeQueue:
            Route(endpoint: self, method: "POST", template: "/v1/queues/{name}/resume", access: .scope(.queuesAdmin))
        case .listLimits: Route(endpoint: self, method: "GET", template: "/v1/limits", access: .scope(.queuesAdmin))
        case .putLimits:
            Route(endpoint: self, method: "PUT", template: "/v1/limits", access: .scope(.queuesAdmin), body: .json)
        case .jobStatuses:
            Route(endpoint: self, method: "POST", template: "/v1/jobs/status", access: .scope(.jobsRead), body: .json)
        case .createWorkflow:
            Route(endpoint: self, method: "POST", template: "/v1/workflows", access: .scope(.jobsWrite), body: .json)
        case .getWorkflow:
            Route(endpoint: self, method: "GET", template: "/v1/workflows/{id}", access: .scope(.jobsRead))
        case .listRecipes: Route(endpoint: self, method: "GET", template: "/v1/recipes", access: .scope(.jobsRead))
        case .putDefaultRecipe:
            Route(
                endpoint: self, method: "PUT", template: "/v1/recipes/default", access: .scope(.jobsWrite), body: .json)
        case .putRecipe:
            Route(
                endpoint: self, method: "PUT", template: "/v1/recipes/{name}", access: .scope(.jobsWrite), body: .json)
        case .getRecipe:
            Route(endpoint: self, method: "GET", template: "/v1/recipes/{name}", access: .scope(.jobsRead))
        case .listBackgrounds:
            Route(endpoint: self, method: "GET", template: "/v1/backgrounds", access: .scope(.jobsRead))
        case .putBackground:
            Route(
                endpoint: self, method: "PUT", template: "/v1/backgrounds/{name}", access: .scope(.jobsWrite),
                body: .json)
        case .getBackground:
            Route(endpoint: self, method: "GET", template: "/v1/backgrounds/{name}", access: .scope(.jobsRead))
        case .kinds: Route(endpoint: self, method: "GET", template: "/v1/kinds", access: .anyKey)
        case .openAPI: Route(endpoint: self, method: "GET", template: "/openapi.json", access: .anyKey)
        case .health: Route(endpoint: self, method: "GET", template: "/healthz", access: .open)
        case .readiness: Route(endpoint: self, method: "GET", template: "/readyz", access: .anyKey)
        }
    }
}
