namespace Tandem.Querying.Lambdas;

/// <summary>A part of a lambda has no counterpart among filters.</summary>
/// <param name="part">The part, as C# writes it.</param>
/// <param name="remedy">What to do instead, as a sentence.</param>
/// <param name="cause">What refused it; null where nothing but the rules did.</param>
public sealed class FilterExpressionException(string part, string remedy, Exception? cause = null) : TandemException($"{part} cannot be turned into a filter. {remedy}", cause)
{
    /// <summary>The part, as C# writes it.</summary>
    public string Part { get; } = part;
}
