namespace Tandem.Querying.Lambdas;

/// <summary>A part of a lambda has no counterpart among filters.</summary>
/// <param name="part">The part, as C# writes it.</param>
/// <param name="remedy">What to do instead, as a sentence.</param>
public sealed class FilterExpressionException(string part, string remedy) : TandemException($"{part} cannot be turned into a filter. {remedy}")
{
    /// <summary>The part, as C# writes it.</summary>
    public string Part { get; } = part;
}
