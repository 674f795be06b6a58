using System.Buffers;
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;
using Tandem.Records;
using Tandem.Tables;

namespace Tandem.Web.Rest;

/// <summary>Strong ETags of records: a hash over every value that leaves.</summary>
internal static class RecordTags
{
    public static EntityTagHeaderValue Of(Record record)
    {
        var buffer = new ArrayBufferWriter<byte>(512);
        using (var writer = new Utf8JsonWriter(buffer, RecordJson.Options))
        {
            RecordJson.Write(writer, record);
        }

        return new EntityTagHeaderValue($"\"{Base64Url.EncodeToString(SHA256.HashData(buffer.WrittenSpan).AsSpan(0, 18))}\"");
    }

    /// <summary>Whether If-Match asks for a version that <paramref name="record"/> is not.</summary>
    public static bool IsOutdated(HttpRequest request, Record record)
    {
        var asked = request.GetTypedHeaders().IfMatch;
        var own = Of(record);
        return asked is { Count: > 0 } && !asked.Any(t => t.Tag == "*" || t.Compare(own, useStrongComparison: true));
    }

    /// <summary>Whether If-Match names versions, so that the record must be read and guarded.</summary>
    public static bool IsGuarded(HttpRequest request)
    {
        if (!request.Headers.ContainsKey("If-Match"))
        {
            return false;
        }

        var asked = request.GetTypedHeaders().IfMatch;
        return asked is { Count: > 0 }
            ? !asked.Any(t => t.Tag == "*")
            : throw ApiProblemException.BadRequest("If-Match cannot be read. Send the ETag of an answer as it came, quotes included.");
    }

    /// <summary>A guard that holds as long as nothing of the record changed.</summary>
    public static Guard GuardOf(Record record) => new(new Patch(
        record.Schema.Fields.Where(f => !f.IsSecret).Select(f => KeyValuePair.Create(f.Name, record[f.Name]))))
    {
        AllowSettled = false,
    };

    public static bool IsKnown(HttpRequest request, EntityTagHeaderValue tag) =>
        request.GetTypedHeaders().IfNoneMatch.Any(t => t.Tag == "*" || t.Compare(tag, useStrongComparison: false));
}
