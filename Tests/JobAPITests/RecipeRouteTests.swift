import Foundation
import JobQueue
import Pipeline
import Storage
import Testing

@testable import JobAPI

@Suite struct `Recipes over HTTP` {
    @Test func `a change is a new version, the same again is none`() async throws {
        try await TestServer.run { server in
            let first = try await server.put("house", #"{"workflow":"pairing","options":{"colour":"red"}}"#)
            #expect(first.status == 201 && first["Location"] == "/v1/recipes/house?version=1")
            let made = try first.json()
            #expect((made["name"], made["version"], made["builtIn"]) == ("house", 1, false))
            let recipe = Recipe(
                name: "house", version: 1, workflow: "pairing", options: ["colour": "red"], abstract: "")
            #expect(made["sha256"] == .string(try SHA256Hasher.hash(recipe.canonicalJSON())))

            let again = try await server.put("house", #"{"workflow":"pairing","options":{"colour":"red"}}"#)
            #expect(try again.status == 200 && again.json()["version"] == 1)
            let second = try await server.put(
                "house", #"{"name":"house","version":2,"workflow":"pairing","options":{"colour":"blue"}}"#)
            #expect(second.status == 201)
            #expect(try await server.send("GET", "/v1/recipes/house").json()["version"] == 2)
            let old = try await server.send("GET", "/v1/recipes/house?version=1")
            #expect(try old.json() == made)
            let tag = try #require(old["ETag"])
            let known = try await server.send("GET", "/v1/recipes/house?version=1", ["If-None-Match": tag])
            #expect(known.status == 304)
            let taken = try await server.put("house", #"{"version":1,"workflow":"pairing"}"#)
            #expect(try taken.status == 409 && taken.json()["code"] == "conflict")
            let theirs = try await server.send("GET", "/v1/recipes/house", key: TestServer.otherKey)
            #expect(theirs.status == 404)
        }
    }

    @Test(arguments: [
        (#"{"workflow":"pairing","options":{"color":"red"}}"#, 422, "unknown_option", "/options/color"),
        (#"{"workflow":"pairing","options":{"colour":"green"}}"#, 422, "invalid_options", "/options/colour"),
        (#"{"workflow":"pairing","options":[]}"#, 422, "invalid_options", "/options"),
        (
            #"{"workflow":"pairing","options":{"texture":"\#(String(repeating: "ab", count: 32))"}}"#, 422,
            "invalid_request", "/options/texture"
        ),
        (#"{"workflow":"nope"}"#, 422, "invalid_request", "/workflow"),
        (#"{"options":{}}"#, 422, "invalid_request", "/workflow"),
        (#"{"workflow":"pairing","name":"other"}"#, 422, "invalid_request", "/name"),
        (#"{"workflow":"pairing","version":0}"#, 422, "invalid_request", "/version"),
        (#"{"workflow":"pairing","extra":1}"#, 422, "invalid_request", "/extra"),
    ])
    func `errors name the field`(body: String, status: Int, code: String, pointer: String) async throws {
        try await TestServer.run { server in
            let reply = try await server.put("house", body)
            let problem = try reply.json()
            #expect(reply.status == status && problem["code"] == .string(code))
            #expect(problem["errors"]?.arrayValue?.first?["pointer"] == .string(pointer))
            #expect(try await server.send("GET", "/v1/recipes/house").status == 404)
        }
    }

    @Test(arguments: ["House", "default", "a%2Fb", "..", "-a", String(repeating: "a", count: 65)])
    func `odd names have no address`(name: String) async throws {
        try await TestServer.run { server in
            let reply = try await server.send("GET", "/v1/recipes/\(name)")
            #expect([404, 405].contains(reply.status))
        }
    }

    @Test func `a recipe that ships can't be replaced, and a reader's key changes nothing`() async throws {
        try await TestServer.run { server in
            #expect(try await server.put("plain", #"{"workflow":"pairing"}"#).status == 409)
            let reader = try await server.send(
                "PUT", "/v1/recipes/house", key: TestServer.readKey, json: #"{"workflow":"pairing"}"#)
            #expect(reader.status == 403)
            let listed = try await server.send("GET", "/v1/recipes", key: TestServer.readKey).json()
            #expect(listed["recipes"]?.arrayValue?.map { $0["name"] } == ["plain"])
            #expect(listed["recipes"]?.arrayValue?.first?["builtIn"] == true && listed["defaults"] == [:])
        }
    }

    @Test func `a recipe may name a picture that the tenant has stored`() async throws {
        try await TestServer.run { server in
            let texture = try await server.upload("texture")
            let reply = try await server.put(
                "house", #"{"workflow":"pairing","options":{"texture":"\#(texture)"}}"#)
            #expect(reply.status == 201, "\(reply.text)")
        }
    }

    @Test func `a workflow takes a recipe, and says which one ran`() async throws {
        try await TestServer.run { server in
            _ = try await server.put("house", #"{"workflow":"pairing","options":{"colour":"red"}}"#)
            _ = try await server.put("house", #"{"workflow":"pairing","options":{"colour":"blue"}}"#)
            for (recipe, options, version, colour) in [
                ("house", "{}", 2, "blue"), ("house@1", "{}", 1, "red"), ("house@1", #"{"colour":"blue"}"#, 1, "blue"),
                ("plain", "{}", 2, "red"),
            ] {
                let made = try await server.pair(#""recipe":"\#(recipe)","options":\#(options),"#)
                #expect(made.status == 202, "\(made.text)")
                let workflow = try made.json()
                #expect(workflow["recipe"]?["version"] == .int(version))
                #expect(workflow["recipe"]?["sha256"]?.stringValue?.count == 64)
                let url = try #require(workflow["url"]?.stringValue)
                #expect(try await server.send("GET", url).json()["recipe"] == workflow["recipe"])
                let job = try #require(workflow["jobs"]?.arrayValue?.first?["url"]?.stringValue)
                #expect(try await server.send("GET", job).json()["options"]?["colour"] == .string(colour))
            }
            let bare = try await server.pair("")
            #expect(try bare.json()["recipe"] == .null)
        }
    }

    @Test(arguments: [#""nope""#, #""house@9""#, #""House""#, "7", #""house@""#])
    func `an unknown recipe is the body's fault`(recipe: String) async throws {
        try await TestServer.run { server in
            let reply = try await server.pair(#""recipe":\#(recipe),"#)
            #expect(reply.status == 422, "\(reply.text)")
            #expect(try reply.json()["errors"]?.arrayValue?.first?["pointer"] == "/recipe")
        }
        try await TestServer.run { server in
            let reply = try await server.send(
                "POST", "/v1/workflows", json: #"{"recipe":"plain","steps":[{"label":"a","kind":"paint","inputs":[]}]}"#
            )
            #expect(reply.status == 422 && reply.text.contains("excludes steps"))
        }
    }

    @Test func `a default holds where a request names none`() async throws {
        try await TestServer.run { server in
            let set = try await server.send(
                "PUT", "/v1/recipes/default", json: #"{"workflow":"pairing","recipe":"plain@2"}"#)
            #expect(try set.status == 200 && set.json()["recipe"] == "plain@2")
            #expect(try await server.send("GET", "/v1/recipes").json()["defaults"] == ["pairing": "plain@2"])
            #expect(try await server.pair("").json()["recipe"]?["name"] == "plain")
            let others = try await server.pair("", key: TestServer.otherKey)
            #expect(try others.json()["recipe"] == .null)

            for (body, pointer) in [
                (#"{"recipe":"nope"}"#, "/recipe"), (#"{"recipe":null}"#, "/workflow"),
                (#"{"recipe":"plain","workflow":"other"}"#, "/workflow"),
            ] {
                let reply = try await server.send("PUT", "/v1/recipes/default", json: body)
                #expect(reply.status == 422)
                #expect(try reply.json()["errors"]?.arrayValue?.first?["pointer"] == .string(pointer))
            }
            _ = try await server.send("PUT", "/v1/recipes/default", json: #"{"workflow":"pairing","recipe":null}"#)
            #expect(try await server.pair("").json()["recipe"] == .null)
        }
    }

    @Test func `the same body with the same key is the same request, whatever is newest by then`() async throws {
        try await TestServer.run { server in
            _ = try await server.put("house", #"{"workflow":"pairing","options":{"colour":"red"}}"#)
            let sha256 = try await server.upload("photo")
            let body = #"{"name":"pairing","recipe":"house","inputs":[{"sha256":"\#(sha256)"}]}"#
            let key = ["Idempotency-Key": "k"]
            let first = try await server.send("POST", "/v1/workflows", key, json: body)
            _ = try await server.put("house", #"{"workflow":"pairing","options":{"colour":"blue"}}"#)
            let again = try await server.send("POST", "/v1/workflows", key, json: body)
            #expect(again.status == 202 && again["Idempotency-Replayed"] == "true")
            #expect(try again.json()["recipe"] == first.json()["recipe"])
            #expect(try again.json()["recipe"]?["version"] == 1)
            let other = try await server.send(
                "POST", "/v1/workflows", key, json: body.replacing("house", with: "plain"))
            #expect(try other.status == 422 && other.json()["code"] == "idempotency_mismatch")
        }
    }

    @Test func `kinds list a workflow's recipes with their options`() async throws {
        try await TestServer.run { server in
            let before = try #require(try await server.send("GET", "/v1/kinds")["ETag"])
            _ = try await server.put(
                "house", #"{"workflow":"pairing","options":{"colour":"blue"},"abstract":"Ours."}"#)
            let reply = try await server.send("GET", "/v1/kinds")
            #expect(reply["ETag"] != before)
            let recipes = try #require(try reply.json()["workflows"]?.arrayValue?.first?["recipes"]?.arrayValue)
            #expect(recipes.map { $0["name"] } == ["plain", "house"])
            #expect((recipes[1]["options"], recipes[1]["abstract"]) == (["colour": "blue"], "Ours."))
            let others = try await server.send("GET", "/v1/kinds", key: TestServer.otherKey).json()
            #expect(others["workflows"]?.arrayValue?.first?["recipes"]?.arrayValue?.count == 1)
        }
    }
}

extension TestServer {
    fileprivate func put(_ name: String, _ json: String) async throws -> HTTPReply {
        try await send("PUT", "/v1/recipes/\(name)", json: json)
    }

    /// Enqueues a `pairing` of one photo.
    func pair(_ members: String, key: String = TestServer.key) async throws -> HTTPReply {
        let sha256 = try await upload("photo", key: key)
        return try await send(
            "POST", "/v1/workflows", key: key,
            json: #"{"name":"pairing",\#(members)"inputs":[{"sha256":"\#(sha256)"}]}"#)
    }
}
