using Tandem.Schema;

namespace Tandem.Querying;

/// <summary>
/// Reads filters as programs write them: <c>price gt 3.50 and (name eq 'Rye' or "best before" le 2026-11-20) and not contains(notes,'stale')</c>.
/// </summary>
/// <remarks>
/// Operators: <c>eq ne gt ge lt le in and or not</c>; functions: <c>contains startswith endswith</c>; <c>and</c> binds tighter than <c>or</c>.
/// Texts stand in single quotes, field names that are not plain words in double quotes; a quote inside is written twice.
/// Numbers, dates, times, UUIDs, <c>true</c>, <c>false</c> and <c>null</c> stand as they are.
/// </remarks>
public sealed class FilterParser
{
    /// <summary>Longest filter that is read, in characters.</summary>
    public const int MaxLength = 8000;

    /// <summary>Deepest nesting that is read.</summary>
    public const int MaxDepth = 100;

    /// <summary>Most values an <c>in</c> takes.</summary>
    public const int MaxListLength = 1000;

    private readonly TableSchema _schema;
    private readonly List<FilterToken> _tokens;
    private int _at;

    private FilterParser(TableSchema schema, List<FilterToken> tokens) => (_schema, _tokens) = (schema, tokens);

    private FilterToken Current => _tokens[_at];

    /// <summary>Reads a filter over a table's fields. An empty text is every record.</summary>
    /// <exception cref="FilterSyntaxException">The text is no filter.</exception>
    /// <exception cref="QueryException">It names a field the table does not have, or a value its field cannot hold.</exception>
    public static Filter Parse(TableSchema schema, string text)
    {
        if (text.Length > MaxLength)
        {
            throw new FilterSyntaxException(MaxLength, $"It has {text.Length} characters; at most {MaxLength} are read. Shorten it.");
        }

        var parser = new FilterParser(schema, FilterTokenizer.Read(text));
        if (parser.Current.Kind == FilterTokenKind.End)
        {
            return Filter.All;
        }

        var filter = parser.Or(0);
        return parser.Current.Kind == FilterTokenKind.End
            ? filter
            : throw parser.Unexpected("'and', 'or' or the end");
    }

    private Filter Or(int depth)
    {
        List<Filter> filters = [And(depth)];
        while (Skip("or"))
        {
            filters.Add(And(depth));
        }

        return filters.Count == 1 ? filters[0] : new Filter.Or(filters);
    }

    private Filter And(int depth)
    {
        List<Filter> filters = [Unary(depth)];
        while (Skip("and"))
        {
            filters.Add(Unary(depth));
        }

        return filters.Count == 1 ? filters[0] : new Filter.And(filters);
    }

    private Filter Unary(int depth)
    {
        if (depth >= MaxDepth)
        {
            throw new FilterSyntaxException(Current.Position, $"It nests deeper than {MaxDepth} levels. Simplify it.");
        }

        if (Skip("not"))
        {
            return new Filter.Not(Unary(depth + 1));
        }

        if (Current.Kind == FilterTokenKind.Open)
        {
            _at++;
            var inner = Or(depth + 1);
            Expect(FilterTokenKind.Close, "')'");
            return inner;
        }

        return FunctionOf(Current.Text) is { } function && Current.Kind == FilterTokenKind.Word && _tokens[_at + 1].Kind == FilterTokenKind.Open
            ? Match(function)
            : Comparison();
    }

    private Filter.Match Match(MatchOperator function)
    {
        _at += 2;
        var field = FieldName();
        if (field.Type == FieldType.Bytes)
        {
            throw new QueryException(field.Name, $"Field '{field.Name}' holds binary content and has no text to look in. Filter by another field.");
        }

        Expect(FilterTokenKind.Comma, "','");
        var text = Expect(FilterTokenKind.Text, "a text in single quotes");
        Expect(FilterTokenKind.Close, "')'");
        return new Filter.Match(field.Name, function, text.Text);
    }

    private Filter Comparison()
    {
        var field = FieldName();
        if (Skip("in"))
        {
            return new Filter.In(field.Name, List(field));
        }

        var token = Current;
        if (token.Kind != FilterTokenKind.Word || OperatorOf(token.Text) is not { } comparison)
        {
            throw Unexpected("one of eq, ne, gt, ge, lt, le, in");
        }

        _at++;
        var value = FilterLiteral.Convert(field, Current);
        _at++;
        if (value is null && comparison is not (CompareOperator.Equal or CompareOperator.NotEqual))
        {
            throw new QueryException(field.Name, $"Null is neither less nor greater than anything. Compare field '{field.Name}' with null by eq or ne.");
        }

        return new Filter.Compare(field.Name, comparison, value);
    }

    private List<object?> List(Field field)
    {
        List<object?> values = [];
        Expect(FilterTokenKind.Open, "'(' and a list of values");
        do
        {
            if (values.Count == MaxListLength)
            {
                throw new FilterSyntaxException(Current.Position, $"The list has more than {MaxListLength} values. Ask in several requests.");
            }

            values.Add(FilterLiteral.Convert(field, Current));
            _at++;
        }
        while (SkipComma());
        Expect(FilterTokenKind.Close, "',' or ')'");
        return values;
    }

    private Field FieldName()
    {
        var token = Current;
        if (token.Kind is not (FilterTokenKind.Word or FilterTokenKind.Name))
        {
            throw Unexpected("a field name");
        }

        _at++;
        return _schema.Find(token.Text) is { IsSecret: false } field
            ? field
            : throw new QueryException(token.Text, $"Table '{_schema.Name}' has no field '{token.Text}'. Filter by one of its fields.");
    }

    private bool Skip(string word)
    {
        var found = Current.IsWord(word);
        _at += found ? 1 : 0;
        return found;
    }

    private bool SkipComma()
    {
        var found = Current.Kind == FilterTokenKind.Comma;
        _at += found ? 1 : 0;
        return found;
    }

    private FilterToken Expect(FilterTokenKind kind, string expected)
    {
        var token = Current;
        if (token.Kind != kind)
        {
            throw Unexpected(expected);
        }

        _at++;
        return token;
    }

    private FilterSyntaxException Unexpected(string expected) => new(Current.Position, $"{expected} is expected, not {Current}.");

    private static CompareOperator? OperatorOf(string word) => word switch
    {
        "eq" => CompareOperator.Equal,
        "ne" => CompareOperator.NotEqual,
        "gt" => CompareOperator.Greater,
        "ge" => CompareOperator.GreaterOrEqual,
        "lt" => CompareOperator.Less,
        "le" => CompareOperator.LessOrEqual,
        _ => null,
    };

    private static MatchOperator? FunctionOf(string word) => word switch
    {
        "contains" => MatchOperator.Contains,
        "startswith" => MatchOperator.StartsWith,
        "endswith" => MatchOperator.EndsWith,
        _ => null,
    };
}
