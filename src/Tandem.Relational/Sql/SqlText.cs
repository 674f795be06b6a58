using System.Text;

namespace Tandem.Relational.Sql;

/// <summary>A statement under construction: text and the parameters it names. Values only ever enter as parameters.</summary>
internal sealed class SqlText
{
    private readonly StringBuilder _text = new(256);

    /// <summary>The parameters in the order they were added, in the provider's own form.</summary>
    public List<object?> Parameters { get; } = [];

    public SqlText Append(string text)
    {
        _text.Append(text);
        return this;
    }

    /// <summary>Adds a parameter.</summary>
    /// <returns>Its number, counted from one.</returns>
    public int Add(object? parameter)
    {
        Parameters.Add(parameter);
        return Parameters.Count;
    }

    public override string ToString() => _text.ToString();
}
