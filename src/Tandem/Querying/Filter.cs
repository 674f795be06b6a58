using System.Linq.Expressions;
using Tandem.Querying.Lambdas;
using Tandem.Schema;

namespace Tandem.Querying;

/// <summary>Which records: a small expression tree, evaluated in memory and compiled to a source's own language. Immutable.</summary>
public abstract record Filter
{
    private Filter()
    {
    }

    /// <summary>Every record.</summary>
    public static Filter All { get; } = new AllFilter();

    /// <summary>No record.</summary>
    public static Filter None { get; } = new Not(All);

    /// <summary>A field equals a value; null equals null.</summary>
    public static Filter Eq(string field, object? value) => new Compare(field, CompareOperator.Equal, value);

    /// <summary>
    /// A lambda over a class as a filter: <c>p => p.Price > 3 &amp;&amp; p.Name.StartsWith("R")</c>. Texts are compared by code point. What does not mention the
    /// object is read once, at this call.
    /// </summary>
    /// <param name="condition">The lambda.</param>
    /// <param name="schema">The table, to find fields by. Default: null, which goes by the class's own names and attributes.</param>
    /// <exception cref="FilterExpressionException">A part has no counterpart among filters; it is named.</exception>
    public static Filter Of<T>(Expression<Func<T, bool>> condition, TableSchema? schema = null) => FilterLambda.Translate(condition, schema);

    /// <summary>Both filters hold. <see cref="All"/> melts away.</summary>
    public static Filter operator &(Filter a, Filter b) => a is AllFilter ? b : b is AllFilter ? a : new And([a, b]);

    /// <summary>One of the filters holds.</summary>
    public static Filter operator |(Filter a, Filter b) => a is AllFilter || b is AllFilter ? All : new Or([a, b]);

    /// <summary>Every record.</summary>
    public sealed record AllFilter : Filter;

    /// <summary>A field compared with a value. Null equals only null, and is neither less nor greater than anything.</summary>
    public sealed record Compare(string Field, CompareOperator Operator, object? Value) : Filter;

    /// <summary>A field equals one of several values.</summary>
    public sealed record In(string Field, IReadOnlyList<object?> Values) : Filter;

    /// <summary>A field's text contains, starts with or ends with a text. Null holds no text.</summary>
    /// <param name="Field">The field; fields of other types are matched by their text in the source.</param>
    /// <param name="Operator">Where the text is looked for.</param>
    /// <param name="Text">The text.</param>
    /// <param name="IgnoreCase">Whether letters of either case match. Default: false.</param>
    public sealed record Match(string Field, MatchOperator Operator, string Text, bool IgnoreCase = false) : Filter;

    /// <summary>All of several filters hold.</summary>
    public sealed record And(IReadOnlyList<Filter> Filters) : Filter;

    /// <summary>At least one of several filters holds.</summary>
    public sealed record Or(IReadOnlyList<Filter> Filters) : Filter;

    /// <summary>A filter does not hold.</summary>
    public sealed record Not(Filter Inner) : Filter;

    /// <summary>The record's key is one that another table lists. A source joins that table; no list of keys travels.</summary>
    public sealed record Listed(KeyList Keys) : Filter;
}

/// <summary>How a field is compared with a value.</summary>
public enum CompareOperator
{
    Equal,
    NotEqual,
    Greater,
    GreaterOrEqual,
    Less,
    LessOrEqual,
}

/// <summary>Where in a field's text another text is looked for.</summary>
public enum MatchOperator
{
    Contains,
    StartsWith,
    EndsWith,
}
