using System.Text.Encodings.Web;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Tandem.Records;
using Tandem.Schema;

namespace Tandem.Web.Rest;

/// <summary>Records as the API answers them. Secret fields never leave.</summary>
internal static class RecordJson
{
    /// <summary>Answers are JSON and said to be, never sniffed; readable letters stay readable.</summary>
    public static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static void Write(Utf8JsonWriter writer, Record record)
    {
        writer.WriteStartObject();
        for (var i = 0; i < record.Schema.Fields.Count; i++)
        {
            Write(writer, record.Schema.Fields[i], record[i]);
        }

        writer.WriteEndObject();
    }

    /// <summary>Some fields' values as one object.</summary>
    public static void Write(Utf8JsonWriter writer, TableSchema? schema, Patch values)
    {
        writer.WriteStartObject();
        foreach (var (name, value) in values)
        {
            Write(writer, schema?.Find(name) ?? new Field(name, FieldType.Other), value);
        }

        writer.WriteEndObject();
    }

    /// <summary>Answers with JSON.</summary>
    public static Task AnswerAsync(HttpContext context, int status, Action<Utf8JsonWriter> write) => AnswerAsync(context, status, "application/json", write);

    /// <summary>Answers with JSON of a media type.</summary>
    public static async Task AnswerAsync(HttpContext context, int status, string type, Action<Utf8JsonWriter> write)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = type;
        await using (var writer = new Utf8JsonWriter(context.Response.BodyWriter, Options))
        {
            write(writer);
        }

        await context.Response.BodyWriter.FlushAsync(context.RequestAborted);
    }

    private static void Write(Utf8JsonWriter writer, Field field, object? value)
    {
        if (!field.IsSecret)
        {
            writer.WritePropertyName(field.Name);
            ValueJson.Write(writer, field, value);
        }
    }
}
