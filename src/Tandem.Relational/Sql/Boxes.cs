namespace Tandem.Relational.Sql;

/// <summary>Values as records hold them, boxed once where they come up again and again: a table of a million records is full of them.</summary>
internal static class Boxes
{
    private const long Least = -128;
    private static readonly object[] s_numbers = [.. Enumerable.Range((int)Least, 1_152).Select(n => (object)(long)n)];
    private static readonly object s_true = true;
    private static readonly object s_false = false;

    public static object Of(bool flag) => flag ? s_true : s_false;

    public static object Of(long number) => (ulong)(number - Least) < (ulong)s_numbers.Length ? s_numbers[number - Least] : number;
}
