using System.ComponentModel.DataAnnotations.Schema;

namespace Guide;

[Table("products")]
public sealed record Product
{
    public long Id { get; init; }

    public string Name { get; init; } = "";

    public decimal Price { get; init; }

    public long Stock { get; init; }
}
