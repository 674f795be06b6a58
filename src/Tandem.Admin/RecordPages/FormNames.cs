using Tandem.Schema;

namespace Tandem.Admin.RecordPages;

/// <summary>What a field is called in a form. Browsers spell quotes and line breaks in names of multipart forms differently than servers read them, so neither sees any.</summary>
internal static class FormNames
{
    public static string Value(Field field) => "v." + Plain(field.Name);

    public static string Choice(Field field) => "c." + Plain(field.Name);

    public static string Clear(Field field) => "clear." + Plain(field.Name);

    private static string Plain(string name) => name
        .Replace("%", "%25", StringComparison.Ordinal)
        .Replace("\"", "%22", StringComparison.Ordinal)
        .Replace("\r", "%0D", StringComparison.Ordinal)
        .Replace("\n", "%0A", StringComparison.Ordinal);
}
