using System.Text.Json.Nodes;
using static Tandem.Web.OpenApi.SharedSchemas;

namespace Tandem.Web.OpenApi;

/// <summary>Users, their tokens, and groups; described to administrators.</summary>
internal static class AccountPaths
{
    public static void AddTo(JsonObject paths)
    {
        var name = Path("name", "The user's name.");
        paths["/api/users"] = new JsonObject
        {
            ["get"] = Get("listUsers", "Everybody who may sign in", Object(["value"], ("value", Array(Ref("User"))))),
            ["post"] = Sending("inviteUser", "Invite somebody, or add a program; the token is shown this once", Ref("User"), "application/json", Made("The user may sign in now.", Ref("Invited"))),
        };
        paths["/api/users/{name}"] = new JsonObject
        {
            ["get"] = Get("getUser", "One user", Ref("User"), name),
            ["patch"] = Sending("changeUser", "Change role, e-mail and switches", Ref("UserPatch"), "application/merge-patch+json", Changed("The user now.", Ref("User")), name),
            ["delete"] = Ending("removeUser", "Remove somebody at once", "Removed.", name),
        };
        paths["/api/users/{name}/link"] = new JsonObject
        {
            ["post"] = Plain("linkUser", "A link by which a person chooses a password, good once and for a day", Made("The link.", Object(["signInLink"], ("signInLink", Text("Whoever has it may sign in by it once.")))), name),
        };
        paths["/api/users/{name}/sign-out"] = new JsonObject { ["post"] = Ending("signOutUser", "End every session of a user; tokens stay", "Signed out.", name) };
        paths["/api/users/{name}/tokens"] = new JsonObject
        {
            ["get"] = Get("listTokens", "A user's tokens, revoked and expired ones too", Object(["value"], ("value", Array(Ref("Token")))), name),
            ["post"] = Sending(
                "addToken", "Make a token; its text is shown this once", Object(
                    ["name"], ("name", Text("What it is for.")), ("scopes", Nullable("string", "Actions, alone or with a table: `view change:orders`. Default: all that the user may do.")),
                    ("expiresAt", Nullable("string", "When it ends. Default: when it is revoked."))),
                "application/json", Made("The token.", Object(["id", "token"], ("id", Text("Names it in addresses.")), ("token", Text("The token, shown this once.")))), name),
        };
        paths["/api/users/{name}/tokens/{id}"] = new JsonObject { ["delete"] = Ending("revokeToken", "End a token at once", "Revoked.", name, Path("id", "The token.")) };
        AddGroups(paths, Path("name", "The group's name."));
        var grant = Object(
            ["for", "actions"], ("for", Text("Whom it is for: `user`, `group` or `everyone`.")), ("name", Nullable("string", "The user or group.")), ("effect", Text("`allow` or `deny`. Default: allow.")),
            ("actions", Array(Text("view, list, add, change, delete, bulk, run, enable or administer."))), ("table", Nullable("string", "The table. Default: everything.")),
            ("fields", Array(Text("A field it is about."))), ("filter", Nullable("string", "The records it is about, as `$filter`; `'{user}'` stands for whoever asks.")), ("key", Nullable("string", "The one record it is about.")),
            ("note", Nullable("string", "What it is for.")));
        paths["/api/grants"] = new JsonObject
        {
            ["get"] = Get("listGrants", "Rights that are given and denied", Object(["value"], ("value", Array((JsonObject)grant.DeepClone())))),
            ["post"] = Sending("giveGrant", "Give or deny a right; it counts at once", grant, "application/json", Made("The grant.", (JsonObject)grant.DeepClone())),
        };
        paths["/api/grants/{id}"] = new JsonObject { ["delete"] = Ending("takeBackGrant", "Take a grant back at once", "Taken back.", Path("id", "The grant.")) };
    }

    private static void AddGroups(JsonObject paths, JsonObject name)
    {
        paths["/api/groups"] = new JsonObject
        {
            ["get"] = Get("listGroups", "Every group", Object(["value"], ("value", Array(Ref("Group"))))),
            ["post"] = Sending("addGroup", "Add a group", Ref("Group"), "application/json", Made("The group.", Ref("Group"))),
        };
        paths["/api/groups/{name}"] = new JsonObject
        {
            ["get"] = Get("getGroup", "One group and who was put into it", Ref("Group"), name),
            ["patch"] = Sending(
                "changeGroup", "Change label and help", Object([], ("label", Nullable("string", "What people read.")), ("help", Nullable("string", "Who belongs in it."))),
                "application/merge-patch+json", Changed("The group now.", Ref("Group")), name),
            ["delete"] = Ending("removeGroup", "Remove a group; its members stay", "Removed.", name),
        };
        foreach (var (kind, one) in new[] { ("users", "user"), ("groups", "group") })
        {
            var member = Path("member", $"The {one}.");
            paths[$"/api/groups/{{name}}/{kind}/{{member}}"] = new JsonObject
            {
                ["put"] = Ending($"put{char.ToUpperInvariant(one[0])}{one[1..]}Into", $"Put a {one} into a group", "In it now.", name, member),
                ["delete"] = Ending($"take{char.ToUpperInvariant(one[0])}{one[1..]}Out", $"Take a {one} out of a group", "Out of it now.", name, member),
            };
        }
    }

    /// <summary>The shapes of accounts.</summary>
    public static IEnumerable<(string Name, JsonObject Schema)> Schemas()
    {
        static JsonObject Flag(string description) => new() { ["type"] = "boolean", ["description"] = description };
        JsonObject Role() => new() { ["enum"] = new JsonArray("administrator", "editor", "viewer", "member") };
        yield return ("User", Object(
            ["name", "role"],
            ("name", Text("The name others see.")), ("role", Role()), ("kind", new JsonObject { ["enum"] = new JsonArray("person", "service") }), ("email", Nullable("string", "The e-mail address.")),
            ("isDisabled", Flag("Whether nobody may sign in by it for now.")), ("mayUseApi", Flag("Whether programs may use it, with its tokens.")), ("hasPassword", Flag("Whether it has a password.")),
            ("lockedUntil", Nullable("string", "When a password is looked at again after too many wrong ones.")), ("groups", Array(Text("A group the user was put into."))),
            ("effectiveGroups", Array(Text("A group the user is in, directly or through another."))), ("createdAt", Nullable("string", "When it was added; null for users that options name."))));
        yield return ("UserPatch", Object([], ("role", Role()), ("email", Nullable("string", "The e-mail address.")), ("isDisabled", Flag("Switched off.")), ("mayUseApi", Flag("Whether programs may use it."))));
        yield return ("Invited", Object(
            ["name", "role", "token"],
            ("name", Text("The name others see.")), ("role", Role()), ("token", Text("The API token, shown this once.")), ("signInLink", Nullable("string", "Signs a person in once, within seven days; null for a program."))));
        yield return ("Token", Object(
            ["id", "name"],
            ("id", Text("Names it in addresses.")), ("name", Text("What it is for.")), ("scopes", Nullable("string", "What it is good for; null for all that the user may do.")), ("createdAt", Nullable("string", "When it was made.")),
            ("expiresAt", Nullable("string", "When it ends.")), ("lastUsedAt", Nullable("string", "When it was used last, to the minute.")), ("revokedAt", Nullable("string", "When it was revoked."))));
        yield return ("Group", Object(
            ["name"],
            ("name", Text("The name that grants go by.")), ("label", Text("What people read.")), ("help", Nullable("string", "Who belongs in it.")), ("users", Array(Text("A user in it."))), ("groups", Array(Text("A group in it, with all its members.")))));
    }

    private static JsonObject Get(string id, string summary, JsonObject answer, params JsonObject[] parameters) =>
        With(SharedPaths.Operation(id, summary, SharedResponses.With("200", SharedResponses.Json("What there is.", answer), "404")), parameters);

    private static JsonObject Plain(string id, string summary, JsonObject responses, params JsonObject[] parameters) => With(SharedPaths.Operation(id, summary, responses), parameters);

    private static JsonObject Ending(string id, string summary, string said, params JsonObject[] parameters) =>
        With(SharedPaths.Operation(id, summary, SharedResponses.With("204", SharedResponses.Empty(said), "404", "422")), parameters);

    private static JsonObject Sending(string id, string summary, JsonObject body, string type, JsonObject responses, params JsonObject[] parameters)
    {
        var operation = With(SharedPaths.Operation(id, summary, responses), parameters);
        operation["requestBody"] = new JsonObject { ["required"] = true, ["content"] = new JsonObject { [type] = new JsonObject { ["schema"] = body } } };
        return operation;
    }

    private static JsonObject Made(string said, JsonObject answer) => SharedResponses.With("201", SharedResponses.Json(said, answer), "400", "404", "415", "422");

    private static JsonObject Changed(string said, JsonObject answer) => SharedResponses.With("200", SharedResponses.Json(said, answer), "400", "404", "415", "422");

    private static JsonObject With(JsonObject operation, JsonObject[] parameters)
    {
        if (parameters.Length > 0)
        {
            operation["parameters"] = new JsonArray([.. parameters.Select(p => p.DeepClone())]);
        }

        return operation;
    }

    private static JsonObject Path(string name, string description) => new()
    {
        ["name"] = name,
        ["in"] = "path",
        ["required"] = true,
        ["description"] = description,
        ["schema"] = new JsonObject { ["type"] = "string" },
    };
}
