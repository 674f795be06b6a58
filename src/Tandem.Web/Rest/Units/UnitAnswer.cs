using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;
using Tandem.Changes;
using Tandem.Editing;
using Tandem.Records;
using Tandem.Schema;

namespace Tandem.Web.Rest.Units;

/// <summary>What became of a unit, as the API answers it.</summary>
internal sealed class UnitAnswer(ApiCall call, string operation, int count)
{
    private const int MostLeft = 1_000;
    private readonly (PlannedWrite Write, SaveResult? Result)[] _results = new (PlannedWrite, SaveResult?)[count];
    private readonly List<UnitFault> _errors = [];
    private readonly List<(PlannedWrite Write, Conflict Conflict)> _conflicts = [];
    private readonly List<(PlannedWrite Write, Change? Deletion)> _gone = [];

    public bool HasErrors => _errors.Count > 0;

    public void Add(IEnumerable<UnitFault> faults) => _errors.AddRange(faults);

    public async Task AddAsync(PlannedWrite write, SaveResult? result)
    {
        _results[write.At] = (write, result);
        var schema = write.Table.Schema;
        switch (result)
        {
            case SaveResult.Rejected rejected:
                // A value that could not be read was left out, and so is missing to the rules; once is enough.
                _errors.AddRange(rejected.Errors.Where(e => !_errors.Any(f => f.At == write.At && f.Error.Field == e.Field))
                    .Select(e => new UnitFault(write.At, schema.Name, write.Key?.ToString(), e)));
                break;
            case SaveResult.Conflicted conflicted:
                _conflicts.AddRange(conflicted.Conflicts.Where(c => schema.Find(c.Field) is not { IsSecret: true }).Select(c => (write, c)));
                break;
            case SaveResult.Gone when write.Write is not Tables.Write.Delete:
                var last = (await call.Database.HistoryAsync(schema.Name, write.Key!, 1, call.Cancelled)).FirstOrDefault();
                _gone.Add((write, last is { Kind: ChangeKind.Delete } ? last : null));
                break;
            case SaveResult.Failed failed:
                // The source's own words about why it cannot be reached are the answer's.
                throw failed.Cause;
        }
    }

    public Task TrialAsync() => RecordJson.AnswerAsync(call.Http, StatusCodes.Status200OK, writer =>
    {
        writer.WriteStartObject();
        WriteResults(writer);
        WriteFaults(writer);
        writer.WriteEndObject();
    });

    public Task SavedAsync() => RecordJson.AnswerAsync(call.Http, StatusCodes.Status200OK, writer =>
    {
        writer.WriteStartObject();
        writer.WriteString("operation", operation);
        WriteResults(writer);
        writer.WriteEndObject();
    });

    /// <summary>A large operation that was taken back but for some records; the first of them are listed.</summary>
    public static Task TakenBackAsync(ApiCall call, string operation, UndoOutcome outcome) => RecordJson.AnswerAsync(call.Http, StatusCodes.Status200OK, writer =>
    {
        writer.WriteStartObject();
        writer.WriteString("operation", operation);
        writer.WriteStartArray("results");
        writer.WriteEndArray();
        writer.WriteNumber("takenBack", outcome.Done);
        writer.WriteNumber("of", outcome.Total);
        writer.WriteString("detail", outcome.Said);
        writer.WriteStartArray("left");
        foreach (var left in outcome.Left.Take(MostLeft))
        {
            writer.WriteStartObject();
            writer.WriteString("table", left.Table);
            writer.WriteString("key", left.Key.ToString());
            writer.WriteString("by", left.By);
            writer.WriteString("reason", $"It {left.One}.");
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
    });

    public async Task RefusedAsync()
    {
        var isConflict = _conflicts.Count + _gone.Count > 0;
        var status = isConflict ? StatusCodes.Status409Conflict : StatusCodes.Status422UnprocessableEntity;
        await RecordJson.AnswerAsync(call.Http, status, "application/problem+json", writer =>
        {
            writer.WriteStartObject();
            writer.WriteString("title", ReasonPhrases.GetReasonPhrase(status));
            writer.WriteNumber("status", status);
            writer.WriteString("detail", isConflict
                ? "Others changed or deleted the same records; nothing was stored. Decide for each conflict and send it again with 'theirs' as the new base."
                : $"Nothing was stored. {string.Join(' ', _errors.Select(e => e.Error.Message).Distinct().Take(20))}");
            WriteFaults(writer);
            writer.WriteEndObject();
        });
    }

    private void WriteResults(Utf8JsonWriter writer)
    {
        writer.WriteStartArray("results");
        foreach (var (write, result) in _results)
        {
            switch (result)
            {
                case SaveResult.Created created:
                    WriteRecord(writer, write, created.Stored);
                    break;
                case SaveResult.Saved saved when write.Write is not Tables.Write.Delete:
                    WriteRecord(writer, write, saved.Stored);
                    break;
                case SaveResult.PartlySaved saved:
                    WriteRecord(writer, write, saved.Stored);
                    break;
                case SaveResult.Saved or SaveResult.Gone when write.Write is Tables.Write.Delete:
                    writer.WriteStartObject();
                    writer.WriteString("table", write.Table.Schema.Name);
                    writer.WriteString("key", write.Key!.ToString());
                    writer.WriteBoolean("deleted", true);
                    writer.WriteEndObject();
                    break;
                default:
                    writer.WriteNullValue();
                    break;
            }
        }

        writer.WriteEndArray();
    }

    private static void WriteRecord(Utf8JsonWriter writer, PlannedWrite write, Record record)
    {
        writer.WriteStartObject();
        writer.WriteString("table", write.Table.Schema.Name);
        writer.WriteString("key", record.Key.ToString());
        writer.WritePropertyName("record");
        RecordJson.Write(writer, record);
        writer.WriteEndObject();
    }

    private void WriteFaults(Utf8JsonWriter writer)
    {
        writer.WriteStartArray("errors");
        foreach (var fault in _errors.OrderBy(e => e.At))
        {
            Open(writer, fault.At, fault.Table, fault.Key);
            writer.WriteString("field", fault.Error.Field);
            writer.WriteString("message", fault.Error.Message);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteStartArray("conflicts");
        foreach (var (write, conflict) in _conflicts)
        {
            Open(writer, write.At, write.Table.Schema.Name, write.Key!.ToString());
            ApiProblems.WriteConflict(writer, write.Table.Schema.Find(conflict.Field) ?? new Field(conflict.Field, FieldType.Other), conflict);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteStartArray("gone");
        foreach (var (write, deletion) in _gone)
        {
            Open(writer, write.At, write.Table.Schema.Name, write.Key!.ToString());
            writer.WriteString("by", deletion?.Actor);
            writer.WriteString("at", deletion is null ? null : ValueText.Plain(deletion.At));
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }

    private static void Open(Utf8JsonWriter writer, int at, string table, string? key)
    {
        writer.WriteStartObject();
        writer.WriteNumber("write", at);
        writer.WriteString("table", table);
        writer.WriteString("key", key);
    }
}
