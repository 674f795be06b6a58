using System.Globalization;
using System.Text;

namespace Tandem.Querying;

/// <summary>What a piece of a filter's text is.</summary>
internal enum FilterTokenKind
{
    /// <summary>An unquoted run of letters, digits and the marks of numbers, dates and names.</summary>
    Word,

    /// <summary>A field name in double quotes.</summary>
    Name,

    /// <summary>A text in single quotes.</summary>
    Text,
    Open,
    Close,
    Comma,
    End,
}

/// <summary>A piece of a filter's text.</summary>
internal readonly record struct FilterToken(FilterTokenKind Kind, string Text, int Position)
{
    public bool IsWord(string word) => Kind == FilterTokenKind.Word && Text == word;

    public override string ToString() => Kind switch
    {
        FilterTokenKind.End => "the end",
        FilterTokenKind.Text => $"'{Text}'",
        _ => $"\"{Text}\"",
    };
}

/// <summary>Cuts a filter's text into tokens.</summary>
internal static class FilterTokenizer
{
    public static List<FilterToken> Read(string text)
    {
        List<FilterToken> tokens = [];
        var at = 0;
        while (at < text.Length)
        {
            var c = text[at];
            switch (c)
            {
                case ' ' or '\t' or '\r' or '\n':
                    at++;
                    break;
                case '(':
                    tokens.Add(new(FilterTokenKind.Open, "(", at++));
                    break;
                case ')':
                    tokens.Add(new(FilterTokenKind.Close, ")", at++));
                    break;
                case ',':
                    tokens.Add(new(FilterTokenKind.Comma, ",", at++));
                    break;
                case '\'' or '"':
                    tokens.Add(Quoted(text, c, ref at));
                    break;
                default:
                    tokens.Add(Word(text, ref at));
                    break;
            }
        }

        tokens.Add(new(FilterTokenKind.End, "", text.Length));
        return tokens;
    }

    private static FilterToken Quoted(string text, char quote, ref int at)
    {
        var start = at++;
        var content = new StringBuilder();
        while (at < text.Length)
        {
            if (text[at] != quote)
            {
                content.Append(text[at++]);
            }
            else if (at + 1 < text.Length && text[at + 1] == quote)
            {
                content.Append(quote);
                at += 2;
            }
            else
            {
                at++;
                return new(quote == '"' ? FilterTokenKind.Name : FilterTokenKind.Text, content.ToString(), start);
            }
        }

        throw new FilterSyntaxException(start, $"The {quote} here is never closed. Close it; inside, write {quote} twice.");
    }

    private static FilterToken Word(string text, ref int at)
    {
        var start = at;
        while (at < text.Length && IsWordPart(text, at, out var length))
        {
            at += length;
        }

        return at > start
            ? new(FilterTokenKind.Word, text[start..at], start)
            : throw new FilterSyntaxException(start, $"'{text[start]}' means nothing here. Put texts in single quotes and odd field names in double quotes.");
    }

    private static bool IsWordPart(string text, int at, out int length)
    {
        length = 1;
        if (text[at] is '_' or '.' or ':' or '+' or '-')
        {
            return true;
        }

        if (!Rune.TryGetRuneAt(text, at, out var rune))
        {
            return false;
        }

        length = rune.Utf16SequenceLength;
        return Rune.IsLetterOrDigit(rune)
            || Rune.GetUnicodeCategory(rune) is UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark or UnicodeCategory.LetterNumber;
    }
}
