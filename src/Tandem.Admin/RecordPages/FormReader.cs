using Microsoft.AspNetCore.Http;
using Tandem.Records;
using Tandem.Schema;
using Tandem.Web.Forms;

namespace Tandem.Admin.RecordPages;

/// <summary>What a form brought: the fields the person changed, the texts typed into them, and what cannot be read.</summary>
internal sealed record FormContent(Patch Set, IReadOnlyDictionary<string, string> Typed, IReadOnlyList<FieldError> Errors);

/// <summary>Reads a record's form. A field that still says what the person started from is left alone.</summary>
internal static class FormReader
{
    private const string Theirs = "theirs";

    /// <param name="schema">The table.</param>
    /// <param name="form">The form.</param>
    /// <param name="basis">What the person started from; null for a new record.</param>
    /// <param name="cancellationToken">Ends the reading of files.</param>
    public static async Task<FormContent> ReadAsync(TableSchema schema, IFormCollection form, Patch? basis, CancellationToken cancellationToken)
    {
        List<KeyValuePair<string, object?>> set = [];
        Dictionary<string, string> typed = new(StringComparer.Ordinal);
        List<FieldError> errors = [];
        foreach (var field in schema.Fields)
        {
            if (field.IsReadOnly || field.IsSecret || (basis is not null && schema.IsKeyField(field.Name)) || form[FormNames.Choice(field)] == Theirs)
            {
                continue;
            }

            var started = basis?.GetValueOrDefault(field.Name);
            if (field.Type == FieldType.Bytes)
            {
                if (await ContentAsync(form, field, cancellationToken) is { } content)
                {
                    set.Add(new(field.Name, content.Value));
                }

                continue;
            }

            if (!form.TryGetValue(FormNames.Value(field), out var values))
            {
                continue;
            }

            var text = values[^1] ?? "";
            if (Read(schema, field, text, started, basis is null, out var value) is { } error)
            {
                typed[field.Name] = text;
                errors.Add(new FieldError(field.Name, error));
            }
            else if (value is { } changed)
            {
                typed[field.Name] = text;
                set.Add(new(field.Name, changed.Value));
            }
        }

        return new FormContent(new Patch(set), typed, errors);
    }

    private readonly record struct Entered(object? Value);

    private static string? Read(TableSchema schema, Field field, string text, object? started, bool isNew, out Entered? entered)
    {
        entered = null;
        var wire = Controls.Wire(Controls.KindOf(schema, field, started), started) ?? "";
        if (!isNew && Lines(text) == Lines(wire))
        {
            return null;
        }

        if (text.Length == 0)
        {
            if (isNew)
            {
                // Left out: the database's default, or null.
                return field.IsRequired ? $"{field.Label} is required. Enter a value." : null;
            }

            entered = new Entered(field is { Type: FieldType.Text, IsNullable: false } ? "" : null);
            return null;
        }

        // Browsers send line breaks as two characters; what is stored keeps the kind it had.
        if (field.Type is FieldType.Text or FieldType.Json && !wire.Contains("\r\n", StringComparison.Ordinal))
        {
            text = Lines(text);
        }

        if (!ValueText.TryParse(field, text, out var value, out var error))
        {
            return $"{field.Label}: {error}";
        }

        if (isNew || !Values.Same(field, value, started))
        {
            entered = new Entered(value);
        }

        return null;
    }

    private static string Lines(string text) => text.Replace("\r\n", "\n", StringComparison.Ordinal);

    private static async Task<Entered?> ContentAsync(IFormCollection form, Field field, CancellationToken cancellationToken)
    {
        if (form[FormNames.Clear(field)] == "1")
        {
            return new Entered(null);
        }

        if (form.Files.GetFile(FormNames.Value(field)) is not { Length: > 0 } file)
        {
            return null;
        }

        using var buffer = new MemoryStream((int)file.Length);
        await file.CopyToAsync(buffer, cancellationToken);
        return new Entered(Blob.FromContent(buffer.ToArray()));
    }
}
