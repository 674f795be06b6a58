using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Tandem.Access;
using Tandem.Records;
using Tandem.Web.Addresses;
using Tandem.Web.Rest.Accounts;
using Tandem.Web.Rights;

namespace Tandem.Web.Rest.Access;

/// <summary><c>/api/grants</c>: administrators give grants and take them back.</summary>
internal sealed class GrantsApi(GrantWriter grants)
{
    private static readonly string[] s_parts = ["for", "name", "effect", "actions", "table", "fields", "filter", "key", "note"];

    public async Task ListAsync(ApiCall call)
    {
        call.Require(null, TableAction.Administer);
        var query = call.Http.Request.Query;
        var all = await grants.ListAsync(Given(call, "table"), Given(call, "name"), ListOptions.ReadFirst(query), call.Cancelled);
        var count = await grants.CountAsync(Given(call, "table"), Given(call, "name"), call.Cancelled);
        await RecordJson.AnswerAsync(call.Http, StatusCodes.Status200OK, writer =>
        {
            writer.WriteStartObject();
            writer.WriteStartArray("value");
            foreach (var grant in all)
            {
                Write(writer, grant);
            }

            writer.WriteEndArray();
            // More than are listed at once are read as records of the grants table, page by page.
            writer.WriteNumber("count", count);
            writer.WriteEndObject();
        });
    }

    public async Task GiveAsync(ApiCall call)
    {
        call.Require(null, TableAction.Administer);
        JsonBody.RequireType(call.Http.Request, "application/json");
        using var body = await JsonBody.ReadAsync(call.Http);
        var result = await grants.GiveAsync(Read(body.RootElement), call.User, call.Cancelled);
        if (result.Grant is not { } given)
        {
            throw ApiProblemException.Refused([.. result.Errors.Select(e => e with { Field = PartOf(e.Field) })]);
        }

        call.Http.Response.Headers.Location = $"{call.Http.Request.PathBase}/api/grants/{given.Id}";
        await RecordJson.AnswerAsync(call.Http, StatusCodes.Status201Created, writer => Write(writer, given));
    }

    public async Task TakeBackAsync(ApiCall call)
    {
        call.Require(null, TableAction.Administer);
        var id = Links.Name(call.Segments[1]);
        _ = await grants.TakeBackAsync(id, call.User, call.Cancelled) ?? throw ApiProblemException.NotFound($"There is no grant '{id}'. GET /api/grants lists the grants.");
        call.Http.Response.StatusCode = StatusCodes.Status204NoContent;
    }

    private static Grant Read(JsonElement body)
    {
        AccountJson.RequireParts(body, s_parts);
        List<FieldError> errors = [];

        var kind = SubjectKind.Everyone;
        if (AccountJson.Text(body, "for") is not { } whom || !GrantText.TrySubject(whom, out kind))
        {
            errors.Add(new FieldError("for", "'for' is user, group or everyone."));
        }

        var effect = AccountJson.Text(body, "effect") ?? "allow";
        if (effect is not ("allow" or "deny"))
        {
            errors.Add(new FieldError("effect", "'effect' is allow or deny."));
        }

        List<TableAction> actions = [];
        foreach (var text in Texts(body, "actions", errors) ?? [])
        {
            if (TableActions.TryParse(text, out var action))
            {
                actions.Add(action);
            }
            else
            {
                errors.Add(new FieldError("actions", $"'{text}' is no action. Use {string.Join(", ", TableActions.All.Select(TableActions.Name))}."));
            }
        }

        var fields = Texts(body, "fields", errors);
        if (fields is { Count: 0 })
        {
            errors.Add(new FieldError("fields", "Name at least one field, or leave 'fields' out for whole records."));
        }

        return errors.Count > 0 ? throw ApiProblemException.Refused(errors) : new Grant(Guid.CreateVersion7().ToString(), kind, AccountJson.Text(body, "name"), effect == "allow", actions)
        {
            Table = AccountJson.Text(body, "table"),
            Fields = fields,
            Filter = AccountJson.Text(body, "filter"),
            Key = AccountJson.Text(body, "key"),
            Note = AccountJson.Text(body, "note"),
        };
    }

    private static List<string>? Texts(JsonElement body, string name, List<FieldError> errors)
    {
        if (!body.TryGetProperty(name, out var part) || part.ValueKind == JsonValueKind.Null)
        {
            return null;
        }

        if (part.ValueKind == JsonValueKind.Array && part.EnumerateArray().All(e => e.ValueKind == JsonValueKind.String))
        {
            return [.. part.EnumerateArray().Select(e => e.GetString()!)];
        }

        errors.Add(new FieldError(name, $"'{name}' is a list of texts."));
        return null;
    }

    private static void Write(Utf8JsonWriter writer, Grant grant)
    {
        writer.WriteStartObject();
        writer.WriteString("id", grant.Id);
        writer.WriteString("for", GrantText.Of(grant.SubjectKind));
        writer.WriteString("name", grant.Subject);
        writer.WriteString("effect", grant.IsAllow ? "allow" : "deny");
        Write(writer, "actions", [.. TableActions.All.Where(grant.Actions.Contains).Select(TableActions.Name)]);
        writer.WriteString("table", grant.Table);
        Write(writer, "fields", grant.Fields ?? []);
        writer.WriteString("filter", grant.Filter);
        writer.WriteString("key", grant.Key);
        writer.WriteString("note", grant.Note);
        writer.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter writer, string name, IReadOnlyList<string> texts)
    {
        writer.WriteStartArray(name);
        foreach (var text in texts)
        {
            writer.WriteStringValue(text);
        }

        writer.WriteEndArray();
    }

    private static string PartOf(string field) => field switch
    {
        "subject" => "name",
        "subject_kind" => "for",
        "table_name" => "table",
        "record_key" => "key",
        _ => field,
    };

    internal static string? Given(ApiCall call, string name) => call.Http.Request.Query[name].ToString() is { Length: > 0 } text ? text : null;
}
