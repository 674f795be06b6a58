namespace Tandem.Querying;

/// <summary>A filter's text cannot be read.</summary>
/// <param name="position">Where, counted in characters from zero.</param>
/// <param name="message">What is wrong and what to do, without the place.</param>
public sealed class FilterSyntaxException(int position, string message)
    : TandemException($"The filter cannot be read at character {position + 1}: {message}")
{
    /// <summary>Where, counted in characters from zero.</summary>
    public int Position { get; } = position;
}
