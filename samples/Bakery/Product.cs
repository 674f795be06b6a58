using System.ComponentModel.DataAnnotations;
using System.ComponentModel.DataAnnotations.Schema;

namespace Bakery;

/// <summary>What the bakery sells. The annotations become labels, inputs and checks of the pages and the API.</summary>
[Table("products"), Display(Name = "Assortment")]
public sealed record Product
{
    public long Id { get; init; }

    [Required, StringLength(80, MinimumLength = 2)]
    public required string Name { get; init; }

    [RegularExpression("[A-Z]{2,3}-[0-9]{4}"), Display(Name = "Article number", Description = "Two or three letters, a dash and four digits.")]
    public string? Sku { get; init; }

    [Range(0.1, 500), Display(Name = "Price", Description = "In euros, with tax.")]
    public decimal Price { get; init; }

    public Status Status { get; init; }
}

/// <summary>Whether a product can be bought.</summary>
public enum Status
{
    Available,
    Seasonal,
    SoldOut,
    Retired,
}
