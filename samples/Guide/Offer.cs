using System.ComponentModel.DataAnnotations.Schema;

namespace Guide;

[Table("offers")]
public sealed record Offer
{
    public long Id { get; init; }

    public string Name { get; init; } = "";

    public bool IsActive { get; init; }

    public bool IsWanted { get; init; }

    public DateTimeOffset? ValidFrom { get; init; }

    public DateOnly? LastDay { get; init; }

    public string? Hours { get; init; }
}
