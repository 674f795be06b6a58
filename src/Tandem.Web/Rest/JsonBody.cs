using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Net.Http.Headers;
using Tandem.Records;
using Tandem.Schema;

namespace Tandem.Web.Rest;

/// <summary>Reads the JSON of a request.</summary>
internal static class JsonBody
{
    private const long MaxBytes = 1_000_000;

    /// <summary>Reads the body as an object.</summary>
    public static async Task<JsonDocument> ReadAsync(HttpContext context, long maxBytes = MaxBytes)
    {
        Limit(context, maxBytes);
        JsonDocument? document = null;
        try
        {
            document = await JsonDocument.ParseAsync(context.Request.Body, cancellationToken: context.RequestAborted);
            WholeText.Require(document.RootElement);
            if (document.RootElement.ValueKind == JsonValueKind.Object)
            {
                var read = document;
                document = null;
                return read;
            }
        }
        catch (JsonException e)
        {
            throw ApiProblemException.BadRequest($"The body is not valid JSON: line {e.LineNumber + 1}, position {e.BytePositionInLine + 1} cannot be read.");
        }
        finally
        {
            document?.Dispose();
        }

        throw ApiProblemException.BadRequest("The body must be a JSON object of fields and values.");
    }

    /// <summary>Reads an object as fields and new values, telling everything that is wrong at once.</summary>
    public static Patch ReadPatch(TableSchema schema, JsonElement element) => Read(schema, element, ValueJson.TryRead);

    /// <summary>Reads an object as fields and values an answer gave: binary fields by size and digest, misfits as what they are.</summary>
    public static Patch ReadBase(TableSchema schema, JsonElement element) => Read(schema, element, TryReadBase);

    private delegate bool TryRead(Field field, JsonElement element, out object? value, out string error);

    private static bool TryReadBase(Field field, JsonElement element, out object? value, out string error)
    {
        if (field.Type == FieldType.Bytes && element.ValueKind == JsonValueKind.Object)
        {
            var isBlob = element.TryGetProperty("size", out var size) && size.TryGetInt64(out _)
                && (!element.TryGetProperty("digest", out var digest) || digest.ValueKind == JsonValueKind.String);
            (value, error) = (isBlob ? ValueJson.ReadStored(field, element) : null, isBlob ? "" : "Send size and digest as an answer gave them.");
            return isBlob;
        }

        if (!ValueJson.TryRead(field, element, out value, out error))
        {
            value = ValueJson.ReadStored(field, element);
        }

        return true;
    }

    private static Patch Read(TableSchema schema, JsonElement element, TryRead read)
    {
        List<FieldError> errors = [];
        List<KeyValuePair<string, object?>> values = [];
        try
        {
            foreach (var property in element.EnumerateObject())
            {
                if (schema.Find(property.Name) is not { IsSecret: false } field)
                {
                    errors.Add(new FieldError(property.Name, $"Table '{schema.Name}' has no field '{property.Name}'. Remove it or correct its name."));
                }
                else if (read(field, property.Value, out var value, out var error))
                {
                    values.Add(new(field.Name, value));
                }
                else
                {
                    errors.Add(new FieldError(field.Name, $"{field.Label}: {error}"));
                }
            }
        }
        catch (InvalidOperationException)
        {
            // Half of a surrogate pair in an escape is valid JSON and no text.
            throw ApiProblemException.BadRequest("A text in the body is not valid Unicode. Send surrogate pairs whole.");
        }

        return errors.Count == 0 ? new Patch(values) : throw ApiProblemException.Refused(errors);
    }

    /// <summary>Refuses media types other than those given.</summary>
    public static string RequireType(HttpRequest request, params string[] types)
    {
        var type = MediaTypeHeaderValue.TryParse(request.ContentType, out var sent) ? sent.MediaType.ToString().ToLowerInvariant() : "";
        return types.Contains(type) ? type : throw new ApiProblemException(
            StatusCodes.Status415UnsupportedMediaType, $"Send a body of type {string.Join(" or ", types)} and say so in Content-Type.")
        {
            Header = (HttpMethods.IsPatch(request.Method) ? "Accept-Patch" : "Accept", string.Join(", ", types)),
        };
    }

    /// <summary>Refuses callers that do not take the type an answer has.</summary>
    public static void RequireAccepted(HttpRequest request, string type)
    {
        var accepted = request.GetTypedHeaders().Accept;
        var offer = new MediaTypeHeaderValue(type);
        if (accepted.Count > 0 && !accepted.Any(a => a.Quality is not 0 && offer.IsSubsetOf(new MediaTypeHeaderValue(a.MediaType))))
        {
            throw new ApiProblemException(StatusCodes.Status406NotAcceptable, $"This address answers {type}. Accept that.");
        }
    }

    public static void Limit(HttpContext context, long bytes)
    {
        if (context.Request.ContentLength > bytes)
        {
            throw new ApiProblemException(
                StatusCodes.Status413PayloadTooLarge, $"The body has {ValueText.Size(context.Request.ContentLength.Value)}; at most {ValueText.Size(bytes)} are taken. Send less.");
        }

        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } feature)
        {
            feature.MaxRequestBodySize = bytes;
        }
    }
}
