using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Tandem.Access;
using Tandem.Hints;
using Tandem.Records;
using Tandem.Schema;
using Tandem.Web.Addresses;

namespace Tandem.Web.Rest;

/// <summary><c>POST /api/hints/{table}/{field}</c>: what a field has to say of a record as a form holds it.</summary>
internal sealed partial class HintsApi(ILogger<HintsApi> logger)
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(5);

    public async Task AnswerAsync(ApiCall call)
    {
        var table = call.Table();
        var name = Links.Name(call.Segments[2]);
        if (call.App.Options.Hints.Handler(table.Schema.Name, name) is not { } handler || table.Schema.Find(name) is not { IsSecret: false })
        {
            throw ApiProblemException.NotFound($"Field '{name}' of '{table.Schema.Name}' has no hints.");
        }

        JsonBody.RequireType(call.Http.Request, "application/json");
        using var body = await JsonBody.ReadAsync(call.Http);
        var values = Read(table.Schema, body.RootElement);
        var key = body.RootElement.TryGetProperty("key", out var text) && text.ValueKind == JsonValueKind.String && RecordKey.TryParse(table.Schema, text.GetString()!, out var known) ? known : null;
        if (key is not null)
        {
            var stored = await table.GetAsync(key, call.Cancelled) ?? throw ApiCall.NoRecord(table.Schema);
            values = values.Aggregate(stored.ToPatch(), (all, v) => all.With(v.Key, v.Value));
        }

        call.Require(table.Schema, key is null ? TableAction.Add : TableAction.Change);
        var hint = await AskAsync(handler, new FieldHintArguments(call.Database, table.Schema, key, values, call.User, call.Http.RequestServices), call.Cancelled);
        await RecordJson.AnswerAsync(call.Http, StatusCodes.Status200OK, writer => Write(writer, table.Schema, table.Schema[name], hint));
    }

    /// <summary>A hint is a help: where it fails or takes too long, the form goes on without it.</summary>
    private async Task<FieldHint> AskAsync(Func<FieldHintArguments, CancellationToken, Task<FieldHint>> handler, FieldHintArguments arguments, CancellationToken cancellationToken)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(s_patience);
        try
        {
            return await handler(arguments, patience.Token);
        }
        catch (Exception e) when (e is not OutOfMemoryException && !cancellationToken.IsCancellationRequested)
        {
            LogFailed(arguments.Schema.Name, e);
            return FieldHint.None;
        }
    }

    /// <summary>What can be read of a form that is not finished.</summary>
    private static Patch Read(TableSchema schema, JsonElement body)
    {
        if (!body.TryGetProperty("values", out var values) || values.ValueKind != JsonValueKind.Object)
        {
            throw ApiProblemException.BadRequest("A hint needs 'values': an object of fields and values.");
        }

        List<KeyValuePair<string, object?>> read = [];
        foreach (var property in values.EnumerateObject())
        {
            if (schema.Find(property.Name) is { IsSecret: false } field && ValueJson.TryRead(field, property.Value, out var value, out _))
            {
                read.Add(new(field.Name, value));
            }
        }

        return new Patch(read);
    }

    private static void Write(Utf8JsonWriter writer, TableSchema schema, Field field, FieldHint hint)
    {
        writer.WriteStartObject();
        writer.WriteString("text", hint.Text);
        writer.WriteString("suggestion", hint.Suggestion is null ? null : ValueText.Plain(hint.Suggestion));
        writer.WriteStartObject("values");
        foreach (var (name, value) in hint.Values)
        {
            if (schema.Find(name) is { IsSecret: false, IsReadOnly: false } other && other != field)
            {
                writer.WriteString(name, value is null ? null : ValueText.Plain(value));
            }
        }

        writer.WriteEndObject();
        writer.WriteEndObject();
    }

    [LoggerMessage(1130, LogLevel.Warning, "A hint of table {Table} failed")]
    private partial void LogFailed(string table, Exception cause);
}
