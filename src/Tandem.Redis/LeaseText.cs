using System.Text.Json;
using System.Text.Json.Serialization;
using Tandem.Leases;

namespace Tandem.Redis;

/// <summary>A lease as its key's value tells it. Scripts write it, so the names are theirs.</summary>
internal sealed record LeaseText(
    [property: JsonPropertyName("owner")] string Owner,
    [property: JsonPropertyName("token")] long Token,
    [property: JsonPropertyName("until")] long Until,
    [property: JsonPropertyName("from")] string? From)
{
    public static Lease Read(string resource, string text)
    {
        var lease = JsonSerializer.Deserialize<LeaseText>(text) ?? throw new InvalidDataException($"The value of lease '{resource}' in Redis is none of Tandem's. Give its keys a prefix of their own.");
        return new Lease(resource, lease.Owner, lease.Token, DateTimeOffset.FromUnixTimeMilliseconds(lease.Until), lease.From);
    }
}
