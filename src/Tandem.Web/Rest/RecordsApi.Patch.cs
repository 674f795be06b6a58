using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Tandem.Access;
using Tandem.Editing;
using Tandem.Records;
using Tandem.Schema;
using Tandem.Tables;

namespace Tandem.Web.Rest;

/// <summary>Changing records.</summary>
internal static partial class RecordsApi
{
    private const string MergePatch = "application/merge-patch+json";
    private const string FieldPatch = "application/vnd.tandem.patch+json";

    // A nested merge starts over when somebody else writes between its read and its write.
    private const int Attempts = 10;

    public static async Task PatchAsync(ApiCall call)
    {
        var table = call.Table();
        call.Require(table.Schema, TableAction.Change);
        var type = JsonBody.RequireType(call.Http.Request, MergePatch, FieldPatch);
        using var body = await JsonBody.ReadAsync(call.Http);
        var stored = type == MergePatch
            ? await MergeAsync(call, table, body.RootElement)
            : await SaveAsync(call, table, body.RootElement);
        await AnswerStoredAsync(call, table, StatusCodes.Status200OK, stored);
    }

    private static async Task<Record> MergeAsync(ApiCall call, PermittedTable table, JsonElement patch)
    {
        var key = call.Key(table.Schema);
        var guard = await GuardAsync(call, table, TableAction.Change);
        var set = WithoutOwnKey(table.Schema, key, JsonBody.ReadPatch(table.Schema, patch));
        await call.RequireFreeAsync(table, key, set.Keys);
        string[] nested = [.. set.Keys.Where(f => table.Schema[f].Type == FieldType.Json && patch.GetProperty(f).ValueKind == JsonValueKind.Object)];
        for (var attempt = 1; ; attempt++)
        {
            var (merged, basis) = (set, guard);
            if (nested.Length > 0 || set.IsEmpty)
            {
                var current = await call.RecordAsync(table, TableAction.Change);
                if (set.IsEmpty)
                {
                    return current;
                }

                foreach (var field in nested)
                {
                    merged = merged.With(field, JsonMerge.Apply(current[field] as string, patch.GetProperty(field)));
                }

                basis = guard.Base.IsEmpty ? new Guard(new Patch(nested.Select(f => KeyValuePair.Create(f, current[f])))) { AllowSettled = false } : guard;
            }

            switch (await table.WriteAsync(new Write.Update(key, merged, basis, call.By), call.Cancelled))
            {
                case WriteResult.Written written:
                    return written.Stored;
                case WriteResult.Rejected rejected:
                    throw ApiProblemException.Refused(rejected.Errors);
                case WriteResult.Conflicted when guard.Base.IsEmpty && attempt < Attempts:
                    break;
                case WriteResult.Conflicted:
                    throw ApiProblemException.Changed();
                default:
                    throw await call.NotWrittenAsync(table, TableAction.Change);
            }
        }
    }

    private static async Task<Record> SaveAsync(ApiCall call, PermittedTable table, JsonElement body)
    {
        var schema = table.Schema;
        var key = call.Key(schema);
        if (RecordTags.IsGuarded(call.Http.Request))
        {
            throw ApiProblemException.BadRequest($"A patch of type {FieldPatch} is guarded by its 'base'. Leave If-Match out.");
        }

        var set = WithoutOwnKey(schema, key, JsonBody.ReadPatch(schema, Part(body, "set")));
        var basis = JsonBody.ReadBase(schema, Part(body, "base"));
        FieldError[] missing = [.. set.Keys.Where(f => !basis.ContainsKey(f))
            .Select(f => new FieldError(f, $"'base' must hold the value of {f} that this change started from."))];
        if (missing.Length > 0)
        {
            throw ApiProblemException.Refused(missing);
        }

        if (set.IsEmpty)
        {
            return await call.RecordAsync(table, TableAction.Change);
        }

        await GuardAsync(call, table, TableAction.Change);
        await call.RequireFreeAsync(table, key, set.Keys);
        return await RecordSaver.SaveAsync(call.Database, table, key, set, basis, call.By, call.Cancelled) switch
        {
            SaveResult.Saved saved => saved.Stored,
            SaveResult.PartlySaved saved => saved.Stored,
            SaveResult.Rejected rejected => throw ApiProblemException.Refused(rejected.Errors),
            SaveResult.Conflicted conflicted => throw ApiProblemException.Conflict([.. conflicted.Conflicts.Where(c => schema.Find(c.Field) is not { IsSecret: true })]),
            // The source's own words about why it cannot be reached are the answer's.
            SaveResult.Failed failed => throw failed.Cause,
            _ => throw await call.NotWrittenAsync(table, TableAction.Change),
        };
    }

    private static JsonElement Part(JsonElement body, string name)
    {
        if (body.EnumerateObject().FirstOrDefault(p => p.Name is not ("set" or "base")) is { Value.ValueKind: not JsonValueKind.Undefined } other)
        {
            throw ApiProblemException.Refused([new FieldError(other.Name, $"The patch has no part '{other.Name}'. Send 'set' and 'base'.")]);
        }

        return body.TryGetProperty(name, out var part) && part.ValueKind == JsonValueKind.Object
            ? part
            : throw ApiProblemException.Refused([new FieldError(name, $"The patch needs '{name}': an object of fields and values.")]);
    }

    /// <summary>A patch may repeat the key it is sent to; only another key is a change.</summary>
    private static Patch WithoutOwnKey(TableSchema schema, RecordKey key, Patch set) =>
        set.Without([.. schema.Key.Where((f, i) => set.TryGetValue(f, out var value) && Values.Same(schema[f], value, key.Values[i]))]);
}
