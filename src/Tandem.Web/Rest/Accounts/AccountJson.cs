using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Tandem.Records;
using Tandem.Web.SignIn;
using Tandem.Web.SignIn.Accounts;

namespace Tandem.Web.Rest.Accounts;

/// <summary>Accounts as the API answers them, and what it makes of what became of a change to them.</summary>
internal static class AccountJson
{
    public static Task AnswerListAsync<T>(ApiCall call, IReadOnlyList<T> all, Action<Utf8JsonWriter, T> write) =>
        RecordJson.AnswerAsync(call.Http, StatusCodes.Status200OK, writer =>
        {
            writer.WriteStartObject();
            writer.WriteStartArray("value");
            foreach (var one in all)
            {
                write(writer, one);
            }

            writer.WriteEndArray();
            writer.WriteEndObject();
        });

    public static void Write(Utf8JsonWriter writer, KnownUser user, UserStore users)
    {
        writer.WriteStartObject();
        writer.WriteString("name", user.User.Name);
        writer.WriteString("role", RoleNames.Of(user.User.Role));
        writer.WriteString("kind", user.User.IsService ? "service" : "person");
        writer.WriteString("email", user.Email);
        writer.WriteBoolean("isDisabled", user.IsDisabled);
        writer.WriteBoolean("mayUseApi", user.MayUseApi);
        writer.WriteBoolean("hasPassword", user.HasPassword);
        WriteTime(writer, "lockedUntil", user.LockedUntil);
        WriteTexts(writer, "groups", users.DirectGroupsOf(user.User.Name));
        WriteTexts(writer, "effectiveGroups", user.User.Groups);
        WriteTime(writer, "createdAt", user.CreatedAt);
        writer.WriteEndObject();
    }

    public static void Write(Utf8JsonWriter writer, KnownToken token)
    {
        writer.WriteStartObject();
        writer.WriteString("id", token.Id);
        writer.WriteString("name", token.Name);
        writer.WriteString("scopes", token.Scopes is { } scopes ? string.Join(' ', scopes) : null);
        WriteTime(writer, "createdAt", token.CreatedAt);
        WriteTime(writer, "expiresAt", token.ExpiresAt);
        WriteTime(writer, "lastUsedAt", token.LastUsedAt);
        WriteTime(writer, "revokedAt", token.RevokedAt);
        writer.WriteEndObject();
    }

    public static void Write(Utf8JsonWriter writer, KnownGroup group, UserStore users)
    {
        writer.WriteStartObject();
        writer.WriteString("name", group.Name);
        writer.WriteString("label", group.Label);
        writer.WriteString("help", group.Help);
        var members = users.MembersOf(group.Name);
        WriteTexts(writer, "users", members.Where(m => !m.IsGroup).Select(m => m.Name));
        WriteTexts(writer, "groups", members.Where(m => m.IsGroup).Select(m => m.Name));
        writer.WriteEndObject();
    }

    /// <summary>What was done; everything else ends the request.</summary>
    public static AccountResult.Done Done(AccountResult result) => result switch
    {
        AccountResult.Done done => done,
        AccountResult.Refused refused => throw ApiProblemException.Refused(refused.Errors),
        AccountResult.Unknown unknown => throw ApiProblemException.NotFound(unknown.Message),
        _ => throw new InvalidOperationException($"Unknown outcome {result.GetType().Name}."),
    };

    /// <summary>A text of a body; null when it is not there or null. Anything else is refused: what was meant as a limit must not be taken for none.</summary>
    public static string? Text(JsonElement body, string name)
    {
        try
        {
            return !body.TryGetProperty(name, out var value) || value.ValueKind == JsonValueKind.Null ? null
                : value.ValueKind == JsonValueKind.String ? value.GetString()
                : throw ApiProblemException.Refused([new FieldError(name, $"'{name}' is a text or null. Send it in quotes.")]);
        }
        catch (InvalidOperationException)
        {
            throw NoUnicode();
        }
    }

    /// <summary>Refuses parts that a body does not have: a limit that is spelt wrong must not be passed over.</summary>
    public static void RequireParts(JsonElement body, params string[] parts)
    {
        FieldError[] unknown = [.. Properties(body).Where(p => !parts.Contains(p.Name)).Select(p => new FieldError(p.Name, $"There is no part '{p.Name}' here. Use {string.Join(", ", parts)}."))];
        if (unknown.Length > 0)
        {
            throw ApiProblemException.Refused(unknown);
        }
    }

    /// <summary>What a body sets.</summary>
    public static IReadOnlyList<(string Name, JsonElement Value)> Properties(JsonElement body)
    {
        try
        {
            return [.. body.EnumerateObject().Select(p => (p.Name, p.Value))];
        }
        catch (InvalidOperationException)
        {
            throw NoUnicode();
        }
    }

    private static ApiProblemException NoUnicode() => ApiProblemException.BadRequest("A text in the body is not valid Unicode. Send surrogate pairs whole.");

    private static void WriteTime(Utf8JsonWriter writer, string name, DateTimeOffset? at) => writer.WriteString(name, at is { } time ? ValueText.Plain(time) : null);

    private static void WriteTexts(Utf8JsonWriter writer, string name, IEnumerable<string> texts)
    {
        writer.WriteStartArray(name);
        foreach (var text in texts)
        {
            writer.WriteStringValue(text);
        }

        writer.WriteEndArray();
    }
}
