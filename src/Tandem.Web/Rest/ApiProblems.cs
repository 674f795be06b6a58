using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Logging;
using Tandem.Querying;
using Tandem.Records;
using Tandem.Schema;
using Tandem.Tables;

namespace Tandem.Web.Rest;

/// <summary>Turns whatever ended a request into problem details (RFC 9457): safe text to the caller, the cause to the log.</summary>
internal sealed partial class ApiProblems(ILogger<ApiProblems> logger)
{
    public async Task AnswerAsync(HttpContext context, Exception exception)
    {
        if (context.RequestAborted.IsCancellationRequested)
        {
            return;
        }

        var problem = Translate(exception);
        if (problem.Status >= StatusCodes.Status500InternalServerError)
        {
            LogFailed(context.Request.Method, problem.Status, exception);
        }

        if (context.Response.HasStarted)
        {
            context.Abort();
            return;
        }

        await WriteAsync(context, problem);
    }

    private static ApiProblemException Translate(Exception exception) => exception switch
    {
        ApiProblemException problem => problem,
        FilterSyntaxException syntax => ApiProblemException.BadRequest(syntax.Message),
        QueryException { Field: "$after" } query => ApiProblemException.BadRequest(query.Message),
        QueryException query => ApiProblemException.Refused([new FieldError(query.Field, query.Message)]),
        BadHttpRequestException { StatusCode: StatusCodes.Status413PayloadTooLarge } => new ApiProblemException(
            StatusCodes.Status413PayloadTooLarge, "The body is too large: JSON may have 1 MB, a unit of writes 8 MB, binary content 64 MB. Send less."),
        BadHttpRequestException bad => new ApiProblemException(bad.StatusCode, "The request cannot be read. Send well-formed HTTP."),
        DatabaseUnavailableException unavailable => new ApiProblemException(StatusCodes.Status503ServiceUnavailable, unavailable.Message)
        {
            Header = ("Retry-After", "5"),
        },
        _ => new ApiProblemException(
            StatusCodes.Status500InternalServerError, "Something went wrong on the server; its log tells what. Try again, and tell whoever runs it if it stays."),
    };

    private static async Task WriteAsync(HttpContext context, ApiProblemException problem)
    {
        var response = context.Response;
        response.StatusCode = problem.Status;
        response.ContentType = "application/problem+json";
        response.Headers.CacheControl = "no-store";
        response.Headers.Remove("ETag");
        if (problem.Header is { } header)
        {
            response.Headers[header.Name] = header.Value;
        }

        await using (var writer = new Utf8JsonWriter(response.BodyWriter, RecordJson.Options))
        {
            writer.WriteStartObject();
            writer.WriteString("title", ReasonPhrases.GetReasonPhrase(problem.Status));
            writer.WriteNumber("status", problem.Status);
            writer.WriteString("detail", problem.Message);
            WriteErrors(writer, problem);
            WriteConflicts(writer, problem, context.Items[typeof(TableSchema)] as TableSchema);
            writer.WriteEndObject();
        }

        await response.BodyWriter.FlushAsync(context.RequestAborted);
    }

    private static void WriteErrors(Utf8JsonWriter writer, ApiProblemException problem)
    {
        if (problem.Errors is not { } errors)
        {
            return;
        }

        writer.WriteStartArray("errors");
        foreach (var error in errors)
        {
            writer.WriteStartObject();
            writer.WriteString("field", error.Field);
            writer.WriteString("message", error.Message);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }

    private static void WriteConflicts(Utf8JsonWriter writer, ApiProblemException problem, TableSchema? schema)
    {
        if (problem.Conflicts is not { } conflicts)
        {
            return;
        }

        writer.WriteStartArray("conflicts");
        foreach (var conflict in conflicts)
        {
            var field = schema?.Find(conflict.Field) ?? new Field(conflict.Field, FieldType.Other);
            writer.WriteStartObject();
            WriteConflict(writer, field, conflict);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }

    /// <summary>A conflict's members, inside an object that is open.</summary>
    public static void WriteConflict(Utf8JsonWriter writer, Field field, Editing.Conflict conflict)
    {
        writer.WriteString("field", conflict.Field);
        foreach (var (name, value) in new[] { ("base", conflict.Base), ("mine", conflict.Mine), ("theirs", conflict.Theirs) })
        {
            writer.WritePropertyName(name);
            ValueJson.Write(writer, field, value);
        }

        writer.WriteString("by", conflict.By);
        writer.WriteString("at", conflict.At is { } at ? ValueText.Plain(at) : null);
    }

    [LoggerMessage(1100, LogLevel.Error, "A {Method} request to the API ended with {Status}")]
    private partial void LogFailed(string method, int status, Exception cause);
}
