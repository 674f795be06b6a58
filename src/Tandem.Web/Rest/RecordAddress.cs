using Microsoft.AspNetCore.Http;
using Tandem.Records;

namespace Tandem.Web.Rest;

/// <summary>Where a record lives.</summary>
internal static class RecordAddress
{
    public static string Of(HttpContext context, Record record) =>
        $"{context.Request.PathBase}/api/tables/{Uri.EscapeDataString(record.Schema.Name)}/{Segment(record.Key)}";

    /// <summary>The key as a segment; one that would read as a part of the API is marked as literal.</summary>
    public static string Segment(RecordKey key) => key.ToString() is var text && text is ("schema" or "changes") ? "~" + text : text;
}
