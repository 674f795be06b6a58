using System.Text.Json;
using Tandem.Records;
using Tandem.Schema;
using Tandem.Tables;

namespace Tandem.Web.Rest.Units;

/// <summary>Reads the writes of a unit: <c>{"operation", "try", "writes": [{"table", "insert" | "set" | "delete", …}]}</c>.</summary>
internal sealed class UnitBody
{
    public const int MaxBytes = 8_000_000;
    private const int LongestOperation = 200;
    private const string New = "$new";
    private static readonly string[] s_parts = ["table", "insert", "as", "key", "set", "delete", "base"];
    private readonly Dictionary<string, (string Table, TemporaryKey Key)> _new = new(StringComparer.Ordinal);
    private readonly ApiCall _call;
    private readonly WriteContext _by;

    private UnitBody(ApiCall call, JsonElement body)
    {
        _call = call;
        foreach (var part in body.EnumerateObject().Where(p => p.Name is not ("operation" or "try" or "writes")))
        {
            throw ApiProblemException.BadRequest($"A unit has no part '{part.Name}'. Send 'writes', and 'operation' and 'try' where wanted.");
        }

        IsTrial = Flag(body, "try", "'try'");
        Operation = ReadOperation(body) ?? $"unit {Guid.CreateVersion7()}";
        _by = call.By with { Operation = Operation };
        if (!body.TryGetProperty("writes", out var writes) || writes.ValueKind != JsonValueKind.Array)
        {
            throw ApiProblemException.BadRequest("A unit needs 'writes': an array of at most 10000 writes.");
        }

        Count = writes.GetArrayLength();
        if (Count > Editing.UnitOfWork.Limit)
        {
            throw ApiProblemException.BadRequest($"A unit holds at most {Editing.UnitOfWork.Limit} writes, but {Count} came. Send several units.");
        }

        NameNew(writes);
        foreach (var (element, i) in writes.EnumerateArray().Select((e, i) => (e, i)))
        {
            Add(element, i);
        }
    }

    public bool IsTrial { get; }

    public string Operation { get; }

    public int Count { get; }

    public List<PlannedWrite> Writes { get; } = [];

    public List<UnitFault> Faults { get; } = [];

    public static UnitBody Read(ApiCall call, JsonElement body) => new(call, body);

    public static string? ReadOperation(JsonElement body)
    {
        if (!body.TryGetProperty("operation", out var part) || part.ValueKind == JsonValueKind.Null)
        {
            return null;
        }

        var text = part.ValueKind == JsonValueKind.String ? part.GetString()! : "";
        return text.Length is > 0 and <= LongestOperation && !text.Any(char.IsControl)
            ? text
            : throw ApiProblemException.BadRequest($"'operation' must be a text of 1 to {LongestOperation} characters on one line.");
    }

    /// <summary>Names come first, since a line may stand before its order.</summary>
    private void NameNew(JsonElement writes)
    {
        foreach (var element in writes.EnumerateArray())
        {
            if (element.ValueKind == JsonValueKind.Object && element.TryGetProperty("as", out var named))
            {
                var name = named.ValueKind == JsonValueKind.String ? named.GetString()! : "";
                if (name.Length == 0 || !element.TryGetProperty("insert", out _) || !_new.TryAdd(name, (Text(element, "table") ?? "", TemporaryKey.New())))
                {
                    throw ApiProblemException.BadRequest($"'as' must be a name that one 'insert' of the unit has, but '{name}' is not. Give each new record a name of its own.");
                }
            }
        }
    }

    private void Add(JsonElement element, int at)
    {
        if (element.ValueKind != JsonValueKind.Object || Text(element, "table") is not { } name)
        {
            throw ApiProblemException.BadRequest($"Write {at} must be an object with 'table'.");
        }

        foreach (var part in element.EnumerateObject().Where(p => !s_parts.Contains(p.Name)))
        {
            throw ApiProblemException.BadRequest($"Write {at} has an unknown part '{part.Name}'. Use {string.Join(", ", s_parts)}.");
        }

        var table = _call.Table(name);
        var schema = table.Schema;
        var isDelete = Flag(element, "delete", $"'delete' of write {at}");
        var (insert, set) = (Part(element, "insert", at), Part(element, "set", at));
        if ((insert is null ? 0 : 1) + (set is null ? 0 : 1) + (isDelete ? 1 : 0) != 1)
        {
            throw ApiProblemException.BadRequest($"Write {at} must have just one of 'insert', 'set' and 'delete': true.");
        }

        if (insert is { } values)
        {
            var named = Text(element, "as") is { } text ? _new[text].Key : null;
            Writes.Add(new PlannedWrite(at, table, new Write.Insert(Values(table.AddingSchema, values, at, null), _by) { Temporary = named }));
            return;
        }

        var keyText = Text(element, "key");
        if (schema.IsKeyless || keyText is null || !RecordKey.TryParse(schema, keyText, out var key))
        {
            throw ApiProblemException.BadRequest($"Write {at} needs 'key': the record's key as answers give it.");
        }

        var basis = Part(element, "base", at) is { } started ? Basis(schema, started, at, keyText) : Patch.Empty;
        if (isDelete)
        {
            Writes.Add(new PlannedWrite(at, table, new Write.Delete(key, new Guard(basis), _by)));
            return;
        }

        var patch = Values(schema, set!.Value, at, keyText);
        patch = patch.Without([.. schema.Key.Where((f, i) => patch.TryGetValue(f, out var value) && Records.Values.Same(schema[f], value, key.Values[i]))]);
        foreach (var field in patch.Keys.Where(f => !basis.ContainsKey(f)))
        {
            Faults.Add(new UnitFault(at, schema.Name, keyText, new FieldError(field, $"'base' must hold the value of {field} that this change started from.")));
        }

        Writes.Add(new PlannedWrite(at, table, new Write.Update(key, patch.Only([.. patch.Keys.Where(basis.ContainsKey)]), new Guard(basis), _by)));
    }

    private Patch Basis(TableSchema schema, JsonElement element, int at, string key) => Read(schema, element, at, key, one => JsonBody.ReadBase(schema, one));

    /// <summary>New values, where <c>{"$new": "name"}</c> in a referring field stands for a record of the unit.</summary>
    private Patch Values(TableSchema schema, JsonElement element, int at, string? key)
    {
        List<KeyValuePair<string, object?>> referring = [];
        var plain = Read(schema, element, at, key, one => JsonBody.ReadPatch(schema, one), property =>
        {
            if (property.Value.ValueKind != JsonValueKind.Object || !property.Value.TryGetProperty(New, out var named)
                || schema.References.FirstOrDefault(r => r.Fields.Contains(property.Name)) is not { } reference)
            {
                return false;
            }

            if (named.ValueKind == JsonValueKind.String && _new.TryGetValue(named.GetString()!, out var target) && target.Table == reference.Target && reference.Fields.Count == 1)
            {
                referring.Add(new(property.Name, target.Key));
            }
            else
            {
                Faults.Add(new UnitFault(at, schema.Name, key, new FieldError(property.Name, $"{schema[property.Name].Label}: '{New}' must name a new record of '{reference.Target}' in this unit, whose key is one field.")));
            }

            return true;
        });
        return referring.Aggregate(plain, (all, r) => all.With(r.Key, r.Value));
    }

    /// <summary>Field by field, so that one that cannot be read leaves the others to be checked.</summary>
    private Patch Read(TableSchema schema, JsonElement element, int at, string? key, Func<JsonElement, Patch> read, Func<JsonProperty, bool>? isTaken = null)
    {
        try
        {
            if (isTaken is null || !element.EnumerateObject().Any(p => p.Value.ValueKind == JsonValueKind.Object))
            {
                return read(element);
            }
        }
        catch (ApiProblemException problem) when (problem.Errors is not null)
        {
            // Read again below, one by one.
        }

        var all = Patch.Empty;
        foreach (var property in element.EnumerateObject().Where(p => isTaken?.Invoke(p) != true))
        {
            try
            {
                using var one = JsonSerializer.SerializeToDocument(new Dictionary<string, JsonElement> { [property.Name] = property.Value });
                all = read(one.RootElement).Aggregate(all, (sum, field) => sum.With(field.Key, field.Value));
            }
            catch (ApiProblemException problem) when (problem.Errors is not null)
            {
                Faults.AddRange(problem.Errors.Select(e => new UnitFault(at, schema.Name, key, e)));
            }
        }

        return all;
    }

    private static JsonElement? Part(JsonElement element, string name, int at) => !element.TryGetProperty(name, out var part) ? null
        : part.ValueKind == JsonValueKind.Object ? part
        : throw ApiProblemException.BadRequest($"'{name}' of write {at} must be an object of fields and values.");

    /// <summary>What is nearly true is refused: a trial that stores, or a deletion that changes, would be the worst of guesses.</summary>
    private static bool Flag(JsonElement element, string name, string said) => element.TryGetProperty(name, out var part) && part.ValueKind switch
    {
        JsonValueKind.True => true,
        JsonValueKind.False or JsonValueKind.Null => false,
        _ => throw ApiProblemException.BadRequest($"{said} must be true or false, as JSON has them, without quotes."),
    };

    private static string? Text(JsonElement element, string name) => element.TryGetProperty(name, out var part) && part.ValueKind == JsonValueKind.String ? part.GetString() : null;
}
